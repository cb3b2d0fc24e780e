import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { formatContext } from "#core/vault/context.ts";
import { openToken } from "#core/vault/token/open-token.ts";
import { parseTokenCode } from "#core/vault/token/token-code.ts";
import { requirePrivateFile } from "#mcp/device/require-private-file.ts";
import type { Cli } from "../cli.ts";
import { holdVault } from "../hold-vault.ts";
import { say } from "../print.ts";

export function define(command: Command, cli: Cli): void {
  command
    .command("start")
    .description("hold what a token reads, for the programs of this user, until the process is ended")
    .requiredOption("--token-file <file>", "of mode 600 and your own; a service manager may hand it over")
    .action((options: { tokenFile: string }) => holdToken(cli, options.tokenFile));
}

/** In the foreground: whoever starts it also ends it, and reads what it says. */
async function holdToken(cli: Cli, file: string): Promise<void> {
  requirePrivateFile(file, "the token", cli.env.CREDENTIALS_DIRECTORY);
  const token = await openToken(parseTokenCode(readFileSync(file, "utf8").trim()), Date.now);
  try {
    const held = await holdVault(cli, token.session, { idleMs: FOR_GOOD, isUnattended: true });
    const contexts = token.contexts.map(formatContext).join(", ");
    say(`${token.name} serves ${contexts} to the programs of this user. End it with Ctrl-C, or "ov lock".`);
    await held.ended;
  } finally {
    token.close();
  }
}

/** Ten years in ms: a service runs until somebody ends it. */
const FOR_GOOD = 3650 * 24 * 3600_000;
