import { compose } from "node:stream";
import { run } from "node:test";
import { spec } from "node:test/reporters";

/**
 * Runs groups of test files one after the other, each with a concurrency of its own, as one run: one report, whose
 * summary counts all groups. Resolves to whether all passed.
 */
export async function runTests(groups) {
  let success = true;
  async function* events() {
    const total = { tests: 0, suites: 0, passed: 0, failed: 0, cancelled: 0, skipped: 0, todo: 0 };
    let milliseconds = 0;
    for (const { files, concurrency } of groups) {
      for await (const event of run({ files, concurrency, timeout: TIMEOUT, execArgv: ARGUMENTS })) {
        if (isSummaryLine(event)) continue;
        if (event.type === "test:summary" && event.data.file === undefined) {
          for (const name of Object.keys(total)) total[name] += event.data.counts[name];
          milliseconds += event.data.duration_ms;
          success &&= event.data.success;
        } else yield event;
      }
    }
    yield* summaryLines(total, milliseconds);
  }
  for await (const text of compose(events(), spec)) process.stdout.write(text);
  return success;
}

/** Milliseconds for one test. Only one that hangs takes as long, also on a slow machine. */
const TIMEOUT = 600_000;

/** What a failed test leaves open, such as a server, does not keep its file from ending. */
const ARGUMENTS = ["--import", "./test/fixed-seed.ts", "--test-force-exit"];

const NAMES = ["tests", "suites", "pass", "fail", "cancelled", "skipped", "todo", "duration_ms"];

/** A group's own summary, which comes as remarks that belong to no file. */
function isSummaryLine({ type, data }) {
  return type === "test:diagnostic" && data.file === undefined && NAMES.includes(data.message.split(" ")[0]);
}

function summaryLines({ tests, suites, passed, failed, cancelled, skipped, todo }, milliseconds) {
  const values = [tests, suites, passed, failed, cancelled, skipped, todo, milliseconds];
  return NAMES.map((name, index) => ({
    type: "test:diagnostic",
    data: { nesting: 0, message: `${name} ${values[index]}`, level: "info" },
  }));
}
