// The whole test suite: formatting and lint, types, then every test. Ends with the test runner's own summary.
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { runTests } from "./run-tests.mjs";
import { needDebianPackages } from "./vscode/debian.ts";
import { installBrowser, installVSCode } from "./vscode/install.ts";

const onDesktop = process.env.OV_TEST_VSCODE === "desktop";
const all = globSync("test/**/*.test.ts").sort();
const inVSCode = all.filter((file) => /^test[\\/]vscode[\\/]/.test(file));

installSandboxPrograms();
run("biome", ["check"]);
run("tsc", ["--noEmit"]);
if (!onDesktop) {
  installBrowser();
  installVSCode();
}

const groups = [
  { files: all.filter((file) => !inVSCode.includes(file)), concurrency: 2 },
  // A window of VS Code takes two processors by itself. On the desktop, only the suite in its extension host runs.
  { files: inVSCode.filter((file) => !onDesktop || file.endsWith("host-suite.test.ts")), concurrency: 1 },
];
process.exitCode = (await runTests(groups)) ? 0 : 1;

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: "inherit", shell: process.platform === "win32" });
  if (error !== undefined) console.error(`${command} could not be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

/** The sandbox is tested for real where its programs are, and for its refusal elsewhere. */
function installSandboxPrograms() {
  try {
    needDebianPackages(["bubblewrap", "socat"], ["/usr/bin/bwrap", "/usr/bin/socat"]);
  } catch (error) {
    console.error(`Without the sandbox: ${error.message}`);
  }
}
