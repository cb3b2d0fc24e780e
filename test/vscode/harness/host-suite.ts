import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import type { HostEvent } from "./host-runner.ts";

export interface HostSuite {
  /** What VS Code takes for the extension under development: an empty one, since ours is installed. */
  readonly developmentFolder: string;
  readonly testsFile: string;
  /** What happens, as it happens; ends with the suite. Throws when nothing is heard for three minutes. */
  events(): AsyncGenerator<HostEvent>;
  close(): void;
}

const ROOT = join(import.meta.dirname, "../../..");
const SPECS = join(import.meta.dirname, "../host");

/** Bundles the mocha specs of test/vscode/host for an extension host. They lie in the repository, where mocha is found. */
export async function bundleHostSuite(): Promise<HostSuite> {
  const folder = join(ROOT, ".vscode-test", `suite-${process.pid}`);
  const results = join(folder, "results.jsonl");
  const testsFile = join(folder, "suite.cjs");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify(EMPTY_EXTENSION));
  const specs = readdirSync(SPECS).filter((name) => name.endsWith(".ts"));
  await build({
    stdin: { contents: entry(specs, results), resolveDir: import.meta.dirname, loader: "ts" },
    outfile: testsFile,
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["vscode", "mocha"],
    logLevel: "silent",
  });
  return {
    developmentFolder: folder,
    testsFile,
    events: () => follow(results),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const EMPTY_EXTENSION = {
  name: "host-suite",
  publisher: "opaquevault-test",
  version: "1.0.0",
  engines: { vscode: "^1.105.0" },
};

function entry(specs: readonly string[], results: string): string {
  const imports = specs.map((name) => `await import(${JSON.stringify(`../host/${name}`)});`);
  return `import { runMocha } from "./host-runner.ts";
    export const run = () => runMocha(async () => { ${imports.join(" ")} }, ${JSON.stringify(results)});`;
}

async function* follow(results: string): AsyncGenerator<HostEvent> {
  let read = 0;
  for (let heard = Date.now(); Date.now() - heard < 180_000; await sleep(100)) {
    const lines = existsSync(results) ? readFileSync(results, "utf8").split("\n").slice(0, -1) : [];
    for (const line of lines.slice(read)) {
      const event = JSON.parse(line) as HostEvent;
      yield event;
      if (event.kind === "end") return;
      heard = Date.now();
    }
    read = lines.length;
  }
  throw new Error("Nothing was heard from the suite in the extension host for three minutes.");
}
