import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Home, OV } from "../cli/fixtures/home.ts";

const GUIDES = join(import.meta.dirname, "../../docs/guides");

/** The blocks of a guide that are of a language, in order: ```sh runs by itself, ```console asks a person. */
export function blocksOf(guide: string, kind: string): readonly string[] {
  const text = readFileSync(join(GUIDES, guide), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(([, script]) => script!);
}

/** A PATH on which `ov` is ours, and each of the other programs prints what it is given. */
export function programsOf(home: Home, printing: Readonly<Record<string, string>> = {}): string {
  const folder = join(home.root, "bin");
  mkdirSync(folder, { recursive: true });
  const write = (name: string, script: string): void => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  write("ov", `exec '${process.execPath}' '${OV}' "$@"`);
  for (const [name, output] of Object.entries(printing)) {
    writeFileSync(join(folder, `${name}.out`), output);
    write(name, `cat '${join(folder, `${name}.out`)}'`);
  }
  return `${folder}:${process.env.PATH}`;
}
