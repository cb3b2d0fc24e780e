import type { Command } from "commander";
import { wipe } from "#core/crypto/wipe.ts";
import { unlockVault } from "#core/vault/vault.ts";
import { isVaultError } from "#core/vault-error.ts";
import { thisVault } from "#mcp/device/this-vault.ts";
import { checkSetting, DEFAULT_LOCK_MINUTES } from "#mcp/device/user-config.ts";
import type { Cli } from "../cli.ts";
import { holdVault } from "../hold-vault.ts";
import { reportError } from "../report-error.ts";
import type { AgentReport } from "../start-agent.ts";

/** The process behind `ov unlock`: the password comes on stdin, one line of report goes to stdout. */
export function define(command: Command, cli: Cli): void {
  command
    .requiredOption("--lock-after <minutes>")
    .action((options: { lockAfter: string }) => hold(cli, options.lockAfter));
}

async function hold(cli: Cli, lockAfter: string): Promise<void> {
  // Nobody reads any more once the starter has its report; a later write must not end the vault's holder.
  process.stdout.on("error", () => {});
  try {
    const minutes = checkSetting("lock_after_minutes", lockAfter).lock_after_minutes ?? DEFAULT_LOCK_MINUTES;
    const password = await readPassword();
    const session = await unlockVault(await thisVault(cli.paths), password).finally(() => wipe(password));
    const held = await holdVault(cli, session, { idleMs: minutes * 60_000 });
    report({ ok: true });
    await held.ended;
  } catch (error) {
    process.exitCode = reportError(error, cli.paths);
    report(
      isVaultError(error)
        ? { ok: false, code: error.code, message: error.message }
        : { ok: false, code: "run-failed", message: 'The agent failed, which is a bug. See "ov doctor" for its log.' },
    );
  }
}

async function readPassword(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  const password = Buffer.concat(chunks);
  for (const chunk of chunks) chunk.fill(0);
  return password;
}

function report(report: AgentReport): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
