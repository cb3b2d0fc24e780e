// The whole test suite: formatting and lint, types, then every test. Ends with the test runner's own summary.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

installDebianPackages(["bubblewrap", "socat"], ["/usr/bin/bwrap", "/usr/bin/socat"]);
run("biome", ["check"]);
run("tsc", ["--noEmit"]);
run(process.execPath, ["--import", "./test/fixed-seed.ts", "--test", "--test-concurrency=2", "test/**/*.test.ts"]);

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: "inherit", shell: process.platform === "win32" });
  if (error !== undefined) console.error(`${command} could not be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

/** The sandbox is tested for real where its programs are, and for its refusal elsewhere. */
function installDebianPackages(packages, programs) {
  const canInstall = existsSync("/etc/debian_version") && process.getuid?.() === 0;
  if (!canInstall || programs.every((path) => existsSync(path))) return;
  console.error(`Installing ${packages.join(" and ")} …`);
  spawnSync("apt-get", ["update", "-qq"], { stdio: "inherit" });
  spawnSync("apt-get", ["install", "-y", "-qq", ...packages], { stdio: "inherit" });
}
