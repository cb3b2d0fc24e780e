// The whole test suite: formatting and lint, types, then every test. Ends with the test runner's own summary.
import { spawnSync } from "node:child_process";

run("biome", ["check"]);
run("tsc", ["--noEmit"]);
run(process.execPath, ["--test", "--test-concurrency=2", "test/**/*.test.ts"]);

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: "inherit", shell: process.platform === "win32" });
  if (error !== undefined) console.error(`${command} could not be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}
