// `npm run code`: VS Code with the packed extension and a demo project. It has a vault, settings and extensions of its own,
// in .vscode-test/demo, which stay for the next time. The desktop's VS Code if `code` is on PATH, else one in the browser.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeDemoWorkspace } from "./vscode/demo-workspace.ts";
import { installVSCode } from "./vscode/install.ts";
import { startServer } from "./vscode/server.ts";
import { packVsix } from "./vscode/vsix.ts";

const HOME = join(import.meta.dirname, "..", ".vscode-test/demo");
const workspace = join(HOME, "shop");
const vault = join(HOME, "vault");
const windows = process.platform === "win32";

makeDemoWorkspace(workspace);
mkdirSync(vault, { recursive: true, mode: 0o700 });
if (hasDesktop()) openDesktop();
else await serve();

function hasDesktop(): boolean {
  return spawnSync("code", ["--version"], { stdio: "ignore", shell: windows }).status === 0;
}

function openDesktop(): void {
  const own = ["--user-data-dir", join(HOME, "user"), "--extensions-dir", join(HOME, "desktop-extensions")];
  execFileSync("code", [...own, "--install-extension", packVsix(), "--force"], { stdio: "inherit", shell: windows });
  console.log(`Opening ${workspace}. The vault of this demo is in ${vault}.`);
  const environment = { ...process.env, OV_HOME: vault };
  spawn("code", [...own, "--new-window", workspace], { stdio: "inherit", shell: windows, env: environment });
}

async function serve(): Promise<void> {
  const token = randomBytes(16).toString("hex");
  const temporary = mkdtempSync(join(tmpdir(), "ov-code-"));
  process.once("exit", () => rmSync(temporary, { recursive: true, force: true }));
  rmSync(join(HOME, "extensions"), { recursive: true, force: true }); // for the extension as it is now
  const server = await startServer({
    server: installVSCode(),
    folder: HOME,
    temporary,
    vsix: packVsix(),
    environment: { OV_HOME: vault },
    workspaceTrust: true,
    token,
  });
  console.log("VS Code with OpaqueVault, on this machine only:");
  console.log(`  http://127.0.0.1:${server.port}/?tkn=${token}&folder=${encodeURIComponent(workspace)}`);
  console.log(`The vault of this demo is in ${vault}. Ctrl-C ends it.`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void server.close());
}
