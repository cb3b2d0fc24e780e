import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { makePrivateFolder } from "./private-file.ts";
import type { ThisProcess } from "./this-process.ts";

/** Appends to the local log. Lines hold no arguments, output or values. */
export function writeLog({ paths }: Pick<ThisProcess, "paths">, line: string): void {
  try {
    makePrivateFolder(paths.state);
    appendFileSync(join(paths.state, "ov.log"), `${new Date().toISOString()} ${line}\n`, { mode: 0o600 });
  } catch {
    // A full disk must not end a run, nor keep anybody from working.
  }
}
