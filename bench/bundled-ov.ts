import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Beside the installed packages: what a bench builds or installs there is found, and git ignores it. */
export function cacheFolder(): string {
  const folder = join(ROOT, "node_modules", ".cache", "bench");
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Builds `ov` as it ships, and returns a copy of its own: a build that somebody starts meanwhile doesn't pull it away. */
export function bundledOv(): string {
  execFileSync(process.execPath, ["esbuild.mjs"], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  const folder = mkdtempSync(join(cacheFolder(), "ov-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(ROOT, "dist"), folder, { recursive: true });
  return join(folder, "ov.js");
}
