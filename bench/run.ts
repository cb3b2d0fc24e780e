// `npm run bench`: every bench one after another, each in a process of its own, as Markdown. With names, only those:
// `npm run bench -- list ov-run`.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

const BENCHES = [
  "unlock",
  "vault-run",
  "ov-run",
  "list",
  "audit",
  "redact",
  "leaks",
  "sandbox",
  "vscode",
  "api",
  "sharing",
  "token",
];

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !BENCHES.includes(name));
if (unknown !== undefined) throw new Error(`There is no bench ${unknown}. There are: ${BENCHES.join(", ")}.`);

console.log(`Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} cores.\n`);
for (const name of BENCHES) {
  const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  if ((wanted.length > 0 && !wanted.includes(name)) || !existsSync(file)) continue;
  console.log(`## ${name}\n`);
  const { status } = spawnSync(process.execPath, [file], { stdio: "inherit" });
  console.log("");
  if (status !== 0) process.exitCode = 1;
}
