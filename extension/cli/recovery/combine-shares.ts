import { existsSync, readFileSync } from "node:fs";
import { wipe } from "#core/crypto/wipe.ts";
import { combineShares, readShare } from "#core/recovery/code-shares.ts";
import { formatRecoveryCode } from "#core/vault/recovery-code.ts";
import { VaultError } from "#core/vault-error.ts";
import { askHidden } from "../ask-person.ts";
import { say } from "../print.ts";
import { showOnce } from "../show-once.ts";
import { type Terminal, withTerminal } from "../terminal.ts";
import { requireWayForCode, writeOnce } from "./kit-file.ts";

export interface CombineOptions {
  readonly shareFile?: readonly string[];
  readonly codeFile?: string;
}

/** The code of as many shares as the set needs: shown once, or written to a new file. Needs no vault. */
export async function combineRecoveryCode(options: CombineOptions): Promise<void> {
  requireWayForCode(options.codeFile);
  const texts =
    options.shareFile === undefined ? await withTerminal("Typing shares", askShares) : options.shareFile.map(shareIn);
  const bytes = await combineShares(texts);
  const code = formatRecoveryCode(bytes);
  wipe(bytes);
  if (options.codeFile !== undefined) {
    writeOnce(options.codeFile, `${code}\n`);
    return say(
      `The recovery code is in ${options.codeFile}. Next: ov vault recover --code-file ${options.codeFile}, then delete it.`,
    );
  }
  await withTerminal("Showing the recovery code", (terminal) =>
    showOnce(terminal, [
      "Recovery code:",
      "",
      `    ${code}`,
      "",
      'Next: "ov vault recover" takes it, and makes a new kit.',
    ]),
  );
}

/** Until there are enough. What was typed wrong is asked for again. */
async function askShares(terminal: Terminal): Promise<readonly string[]> {
  const texts: string[] = [];
  for (let needed = 2; texts.length < needed; ) {
    const text = await askHidden(terminal, `Share ${texts.length + 1}:`, (typed) => problemOf(typed, texts) ?? true);
    needed = readShare(text).threshold;
    texts.push(text);
    terminal.output.write(`${texts.length} of ${needed} shares of set ${readShare(text).set}.\r\n`);
  }
  return texts;
}

function problemOf(typed: string, before: readonly string[]): string | undefined {
  try {
    const { set } = readShare(typed);
    const [first] = before;
    return first === undefined || readShare(first).set === set
      ? undefined
      : `That is of set ${set}, and the first is not.`;
  } catch (error) {
    return error instanceof VaultError ? error.message : "That is not a share.";
  }
}

function shareIn(file: string): string {
  if (!existsSync(file)) throw new VaultError("file-not-found", `There is no file ${file}. Name the file of a share.`);
  const text = readFileSync(file, "utf8");
  return /(?:[0-9A-Z]{6}-){9}[0-9A-Z]{6}/i.exec(text)?.[0] ?? text;
}
