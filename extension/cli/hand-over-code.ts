import { accessSync, constants, existsSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { VaultError } from "#core/vault-error.ts";
import { say } from "./print.ts";
import { showOnce } from "./show-once.ts";
import { hasTerminal, withTerminal } from "./terminal.ts";

/** Where a recovery code will go. Checked before anything is made, since a code that nobody gets is lost. */
export function requireWayForCode(file: string | undefined): void {
  if (file === undefined && !hasTerminal()) {
    throw new VaultError(
      "person-required",
      "The recovery code is shown once, to a person at a terminal, and this process has none. Run this in a terminal of your own, or name a new file for the code with --recovery-file.",
    );
  }
  if (file !== undefined && existsSync(file)) {
    throw new VaultError("argument-invalid", `${file} exists already. Name a new file for the recovery code.`);
  }
  if (file !== undefined) requireWritable(dirname(resolve(file)));
}

function requireWritable(folder: string): void {
  try {
    if (!statSync(folder).isDirectory()) throw new TypeError("no folder");
    accessSync(folder, constants.W_OK);
  } catch {
    throw new VaultError(
      "argument-invalid",
      `${folder} is no folder that you can write to. Make it, or name another place for the recovery code.`,
    );
  }
}

export async function handOverCode(code: string, file: string | undefined): Promise<void> {
  if (file !== undefined) {
    writeCode(code, file);
    return say(`The recovery code is in ${file}. Move it off this machine: it opens the vault without the password.`);
  }
  await withTerminal("Showing the recovery code", (terminal) =>
    showOnce(terminal, [
      "Recovery code of your vault:",
      "",
      `    ${code}`,
      "",
      "Write it down on paper, or put it where you keep such things. It opens the vault if you forget the",
      "master password; whoever has it has the vault. It is not stored anywhere, and not shown again.",
    ]),
  );
}

function writeCode(code: string, file: string): void {
  try {
    // "wx" follows no link and overwrites nothing.
    writeFileSync(file, `${code}\n`, { mode: 0o600, flag: "wx", flush: true });
  } catch (cause) {
    throw new VaultError(
      "store-failed",
      `The recovery code could not be written to ${file}, and is lost; the vault is good. Get another one with "ov vault new-recovery-code".`,
      { cause },
    );
  }
}
