import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { wipe } from "#core/crypto/wipe.ts";
import { type CodeShare, splitCode } from "#core/recovery/code-shares.ts";
import { readKit } from "#core/recovery/recovery-kit.ts";
import { parseRecoveryCode } from "#core/vault/recovery-code.ts";
import { isRecoveryCode } from "#core/vault/vault.ts";
import { VaultError } from "#core/vault-error.ts";
import { requireVault, thisVault } from "#mcp/device/this-vault.ts";
import { askHidden } from "../ask-person.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";
import { showOnce } from "../show-once.ts";
import { withTerminal } from "../terminal.ts";
import { confirmGroups } from "./confirm-groups.ts";
import { writeOnce, wrongPlaces } from "./kit-file.ts";

export interface SplitOptions {
  readonly shares: string;
  readonly threshold: string;
  readonly codeFile?: string;
  readonly folder?: string;
}

/** Parts of the code that opens this vault now, each for another person: on screens of their own, or in files. */
export async function splitRecoveryCode(cli: Cli, options: SplitOptions): Promise<void> {
  const vault = await thisVault(cli.paths);
  await requireVault(vault);
  if (options.folder !== undefined) requireFolder(options.folder);
  const code = parseRecoveryCode(await typedCode(options.codeFile));
  try {
    if (!(await isRecoveryCode(vault, code))) {
      throw new VaultError(
        "wrong-password",
        "That code opens this vault no more, or never did. Use that of the newest kit.",
      );
    }
    const shares = await splitCode(code, Number(options.shares), Number(options.threshold));
    if (options.folder === undefined) await showShares(shares);
    else for (const [at, share] of shares.entries()) writeShare(options.folder, share, at + 1);
  } finally {
    wipe(code);
  }
  say(
    "A new kit (ov recovery kit) makes these shares worthless. Whoever keeps the whole code still opens the vault alone.",
  );
}

async function showShares(shares: readonly CodeShare[]): Promise<void> {
  await withTerminal("Showing shares", async (terminal) => {
    for (const [at, share] of shares.entries()) {
      const show = (): Promise<void> => showOnce(terminal, shareLines(share, at + 1));
      await show();
      await confirmGroups(terminal, share.text, show);
    }
  });
  say(`${shares.length} shares of set ${shares[0]!.set} are on paper.`);
}

function writeShare(folder: string, share: CodeShare, number: number): void {
  const file = join(folder, `recovery-share-${number}-of-${share.shares}-set-${share.set}.txt`);
  writeOnce(file, `${shareLines(share, number).join("\n")}\n`);
  say(`Share ${number} is in ${file}. Give it to one person, and delete the file.`);
  for (const warning of wrongPlaces(file)) say(warning);
}

function shareLines({ set, threshold, shares, text }: CodeShare, number: number): readonly string[] {
  return [
    `OpaqueVault, share ${number} of ${shares} of a recovery code, set ${set}`,
    "",
    `    ${text}`,
    "",
    `Any ${threshold} shares of this set give the code back: ov recovery combine. Fewer tell nothing of it.`,
    "For one person alone. Keep it on paper.",
  ];
}

async function typedCode(file: string | undefined): Promise<string> {
  if (file === undefined) {
    return withTerminal("Typing the recovery code", (terminal) => askHidden(terminal, "Recovery code:"));
  }
  if (!existsSync(file))
    throw new VaultError("file-not-found", `There is no file ${file}. Name that of the code or kit.`);
  return readKit(readFileSync(file, "utf8")).code;
}

function requireFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new VaultError(
    "argument-invalid",
    `${folder} is no folder. Make it, or leave --folder out to see the shares here.`,
  );
}
