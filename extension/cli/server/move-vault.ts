import { wipe } from "#core/crypto/wipe.ts";
import { inviteKeys, parseInviteCode } from "#core/vault/invite-code.ts";
import { VaultError } from "#core/vault-error.ts";
import { moveVaultHere, moveVaultToServer, requireMovable, requireMovableHere } from "#mcp/device/move-vault.ts";
import { askPassword, askYes } from "../ask-person.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";
import { type Terminal, withTerminal } from "../terminal.ts";
import { confirmServer } from "./confirm-server.ts";

/** Moves the vault; the old one stays as a backup file. A person at a terminal, always. */
export async function moveVault(
  cli: Cli,
  to: string,
  serverId: string | undefined,
  code: string | undefined,
): Promise<void> {
  if (to === "local") return withTerminal("Moving the vault", (terminal) => toThisMachine(cli, terminal));
  return withTerminal("Moving the vault", (terminal) => toServer(cli, terminal, to, serverId, code));
}

async function toServer(
  cli: Cli,
  terminal: Terminal,
  address: string,
  given: string | undefined,
  code: string | undefined,
): Promise<void> {
  const invite = code === undefined ? undefined : parseInviteCode(code);
  await requireMovable(cli.paths);
  const server = await confirmServer(cli, terminal, address, given ?? invite?.serverId.toString("hex"));
  const password = await askPassword(terminal, "Master password:");
  const proof = invite && inviteKeys(invite.secret);
  const moved = await moveVaultToServer(cli.paths, server, password, proof).finally(() => wipe(password));
  say(`Moved the vault to ${server.url}: every object was read back and compared. The vault of before is in`);
  say(`${moved.backup}; delete that file when you no longer want it.`);
  if (moved.leftAuditEntries > 0) say(`${moved.leftAuditEntries} audit entries of other devices are in it only.`);
  say(`Your account is ${moved.account}: ${moved.accountWords.join(" ")}.`);
  say(`On another device: ov login ${server.url} --account ${moved.account}`);
}

async function toThisMachine(cli: Cli, terminal: Terminal): Promise<void> {
  const url = await requireMovableHere(cli.paths);
  const yes = await askYes(terminal, `Move the vault from ${url} to this machine?`);
  if (!yes) throw new VaultError("cancelled", "Nothing was moved.");
  const endsAccount = await askYes(
    terminal,
    "Delete it on the server afterwards, for your other devices and those it is shared with too?",
  );
  const password = await askPassword(terminal, "Master password:");
  const { secrets, backup } = await moveVaultHere(cli.paths, password, { endsAccount }).finally(() => wipe(password));
  say(`Moved the vault to ${cli.paths.vault}: ${secrets} secrets, each decrypted and checked.`);
  say(`What came from the server is in ${backup} too; delete that file when you no longer want it.`);
  say(
    endsAccount
      ? `Nothing of it is left on ${url} but in backups of the one who runs it.`
      : "The server keeps its ciphertext, and other devices still use it.",
  );
}
