// Installs what package-lock.json names, and builds, when either is out of date. Runs before `npm start` and `npm test`.
import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";

const [major] = process.versions.node.split(".").map(Number);
if (major < 20) {
  console.error(
    `OpaqueVault needs Node.js 20 or newer; this is ${process.version}. Install a current Node.js, then run this again.`,
  );
  process.exit(1);
}

const changed = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);
if (changed("node_modules/.package-lock.json") < changed("package-lock.json")) {
  console.error("Installing dependencies (npm ci) …");
  // npm is a .cmd script on Windows, which needs a shell.
  execFileSync("npm", ["ci", "--loglevel=error"], { stdio: "inherit", shell: process.platform === "win32" });
}

console.error("Building …");
execFileSync(process.execPath, ["esbuild.mjs"], { stdio: "inherit" });
