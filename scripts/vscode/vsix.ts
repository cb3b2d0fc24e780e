import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
const FOLDER = join(ROOT, ".vscode-test/vsix");
const SHIPPED = [
  "dist",
  "media",
  "l10n",
  "package.json",
  "package.nls.json",
  "package.nls.de.json",
  "README.md",
  "CHANGELOG.md",
  ".vscodeignore",
];

/** The VSIX of what is built in dist/ now; packed again only when something that it holds has changed. */
export function packVsix(): string {
  const file = join(FOLDER, `opaquevault-${fingerprint()}.vsix`);
  if (existsSync(file)) return file;
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  const target = `${process.platform}-${process.arch}`;
  const options = ["--no-dependencies", "--no-rewrite-relative-links", "--target", target, "--out", unfinished];
  execFileSync(join(ROOT, "node_modules/.bin/vsce"), ["package", ...options], { cwd: ROOT, stdio: "pipe" });
  renameSync(unfinished, file);
  return file;
}

function fingerprint(): string {
  const hash = createHash("sha256");
  for (const name of SHIPPED) {
    const path = join(ROOT, name);
    if (!existsSync(path)) continue;
    const files = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: "utf8" }).sort() : [""];
    for (const file of files) {
      const { size, mtimeMs } = statSync(join(path, file));
      hash.update(`${name}/${file} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest("hex").slice(0, 16);
}
