import { appendFileSync } from "node:fs";
import Mocha from "mocha";

/** What the suite says, one line of JSON each. */
export type HostEvent =
  | { readonly kind: "pass"; readonly title: string; readonly ms: number }
  | { readonly kind: "fail"; readonly title: string; readonly error: string }
  | { readonly kind: "end"; readonly tests: number };

/** Runs in the extension host: mocha on the specs that `load` brings in, with what happens written to `file`. */
export async function runMocha(load: () => Promise<void>, file: string): Promise<void> {
  const mocha = new Mocha({ ui: "tdd", timeout: 120_000, reporter: Mocha.reporters.Base });
  const say = (event: HostEvent): void => appendFileSync(file, `${JSON.stringify(event)}\n`);
  try {
    // What mocha does before it reads a file: `test` and `suite` of "mocha" now add to this run.
    mocha.suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, "suite", mocha);
    await load();
  } catch (error) {
    say({ kind: "fail", title: "the specs load", error: textOf(error) });
  }
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on("pass", (test) => say({ kind: "pass", title: test.fullTitle(), ms: test.duration ?? 0 }));
    runner.on("fail", (test, error) => say({ kind: "fail", title: test.fullTitle(), error: textOf(error) }));
    runner.on("pending", (test) => say({ kind: "fail", title: test.fullTitle(), error: "It was skipped." }));
  });
  say({ kind: "end", tests: mocha.suite.total() });
  if (failures > 0) throw new Error(`${failures} tests failed.`);
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
