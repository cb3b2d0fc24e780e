import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downloadAndUnzipVSCode, resolveCliPathFromVSCodeExecutablePath, runTests } from "@vscode/test-electron";
import { packVsix } from "../../../scripts/vscode/vsix.ts";
import type { HostSuite } from "./host-suite.ts";

/** The same suite in the desktop's VS Code, which is downloaded. Tests that fail are told by the suite's events. */
export async function runOnDesktop(suite: HostSuite): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "ov-desktop-"));
  try {
    const executable = await downloadAndUnzipVSCode("stable");
    const own = ["--user-data-dir", join(folder, "user"), "--extensions-dir", join(folder, "extensions")];
    const cli = resolveCliPathFromVSCodeExecutablePath(executable);
    execFileSync(cli, [...own, "--install-extension", packVsix()], { shell: process.platform === "win32" });
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: suite.developmentFolder,
      extensionTestsPath: suite.testsFile,
      extensionTestsEnv: { OV_HOME: join(folder, "ov") },
      launchArgs: [...own, "--disable-workspace-trust", folder],
    }).catch(() => undefined);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
