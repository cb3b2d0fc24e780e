import { wipe } from "#core/crypto/wipe.ts";
import type { ExportedSecret } from "#core/export/exported-secret.ts";
import { plainExport } from "#core/export/plain-export.ts";
import { readForExport, wipeExported } from "#core/export/read-for-export.ts";
import { onOneLine } from "#core/run/visible-text.ts";
import { type Context, formatContext } from "#core/vault/context.ts";
import { secretMetas } from "#core/vault/secret-list.ts";
import type { Session } from "#core/vault/session.ts";
import { VaultError } from "#core/vault-error.ts";
import { requireNewFile } from "#mcp/device/new-file.ts";
import { writePlainExport } from "#mcp/device/write-export.ts";
import { askText } from "../ask-person.ts";
import type { Cli } from "../cli.ts";
import { contextOf } from "../context-of.ts";
import { say } from "../print.ts";
import { showOnce } from "../show-once.ts";
import { type Terminal, withTerminal } from "../terminal.ts";
import type { ExportOptions } from "./export-options.ts";
import { unlockHere } from "./unlock-here.ts";

/**
 * Values of one environment in the clear, for a person who has just typed the master password and the environment's name:
 * to a new file that only they can read, to a pipe if they say so, or to a screen of its own. Decoys stay.
 */
export async function exportPlain(cli: Cli, file: string | undefined, options: ExportOptions): Promise<void> {
  const format = options.format ?? "dotenv";
  const { context } = await contextOf(cli, options);
  requireWayOut(file, options);
  await withTerminal("Exporting values in the clear", async (terminal) => {
    terminal.output.write(`Exports the values of ${formatContext(context)} in the clear.\r\n`);
    await unlockHere(cli, terminal, async (session) => {
      await confirm(terminal, session, context, file);
      const how = `plain ${format} to ${file === undefined ? (isPipe(options) ? "a pipe" : "the terminal") : "a file"}`;
      const environments = await readForExport(session, [context], how, { withDecoys: false });
      const bytes = plainExport(environments[0]!.secrets, format);
      try {
        await handOut(terminal, bytes, file, options);
        say(`Exported ${count(environments[0]!.secrets)} of ${formatContext(context)}; read again, they are the same.`);
      } finally {
        wipe(bytes);
        wipeExported(environments);
      }
    });
  });
}

/** Before a password is asked for in vain. */
function requireWayOut(file: string | undefined, options: ExportOptions): void {
  if (file !== undefined && options.stdout) {
    throw new VaultError("argument-invalid", "Name a file, or say --stdout, and not both.");
  }
  if (file !== undefined) requireNewFile(file);
  else if (!process.stdout.isTTY && !options.stdout) {
    throw new VaultError(
      "person-required",
      "Values go to a pipe only if you say --stdout. Name a new file for them, or run this in a terminal to see them.",
    );
  }
}

async function confirm(
  terminal: Terminal,
  session: Session,
  context: Context,
  file: string | undefined,
): Promise<void> {
  const metas = await secretMetas(session, context);
  const taken = metas.filter(({ canary }) => !canary);
  if (taken.length === 0) {
    throw new VaultError(
      "secret-not-found",
      `${formatContext(context)} holds nothing to export. See "ov secret list".`,
    );
  }
  for (const { name, canary } of metas) terminal.output.write(`  ${canary ? "left out, a decoy:  " : ""}${name}\r\n`);
  const where = file === undefined ? "" : ` to ${onOneLine(file)}`;
  terminal.output.write(`${count(taken)} would leave the vault${where}, readable by everything that runs as you.\r\n`);
  const place = formatContext(context);
  if ((await askText(terminal, `Type ${place} to do it:`)).trim() === place) return;
  throw new VaultError("cancelled", "That is not its name, so nothing was exported.");
}

async function handOut(
  terminal: Terminal,
  bytes: Buffer,
  file: string | undefined,
  options: ExportOptions,
): Promise<void> {
  if (file !== undefined) {
    writePlainExport(file, bytes);
    return say(
      `${file} holds them in the clear. Delete it when nothing needs it, and keep it out of git, backups and chats.`,
    );
  }
  if (isPipe(options)) {
    await new Promise<void>((resolve, reject) => {
      process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
    return;
  }
  await showOnce(terminal, bytes.toString("utf8").trimEnd().split("\n"));
}

function isPipe(options: ExportOptions): boolean {
  return options.stdout === true && !process.stdout.isTTY;
}

function count(secrets: readonly Pick<ExportedSecret, "name">[]): string {
  return secrets.length === 1 ? "1 value" : `${secrets.length} values`;
}
