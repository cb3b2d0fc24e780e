// Builds the VSIX: the bundled `ov` and its one native module, for this platform, by the allow-list in .vscodeignore.
import { execFileSync } from "node:child_process";

const shell = process.platform === "win32";
execFileSync(process.execPath, ["esbuild.mjs"], { stdio: "inherit" });
const target = `${process.platform}-${process.arch}`;
const out = `opaquevault-${target}.vsix`;
execFileSync(
  "vsce",
  [
    "package",
    "--no-dependencies",
    "--allow-missing-repository",
    "--no-rewrite-relative-links",
    "--target",
    target,
    "--out",
    out,
  ],
  { stdio: "inherit", shell },
);
