import { createReadStream, createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { randomBuffer } from "#core/crypto/random.ts";
import { serverWords } from "#core/crypto/server-words.ts";
import { wipe } from "#core/crypto/wipe.ts";
import { openDeviceState } from "#core/store/device-state.ts";
import { openFileStore } from "#core/store/file-store.ts";
import { AuditOutbox } from "#core/store/remote/audit-outbox.ts";
import { CiphertextCache } from "#core/store/remote/ciphertext-cache.ts";
import { moveToServer } from "#core/store/remote/move-to-server.ts";
import { RemoteLink } from "#core/store/remote/remote-link.ts";
import { RemoteStore } from "#core/store/remote/remote-store.ts";
import type { Store } from "#core/store/store.ts";
import { exportBackup, importBackup } from "#core/vault/backup.ts";
import { fingerprint } from "#core/vault/identity.ts";
import { acceptRestore, readNewestAccount } from "#core/vault/vault.ts";
import { VaultError } from "#core/vault-error.ts";
import { makePrivateFolder } from "#mcp/device/private-file.ts";
import { readServerLogin, serverFolder, writeServerLogin } from "#mcp/device/server-login.ts";
import { clientOf } from "#mcp/device/this-server.ts";
import { localVault, requireVault, thisVault } from "#mcp/device/this-vault.ts";
import { readUserConfig } from "#mcp/device/user-config.ts";
import { askPassword, askYes } from "../ask-person.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";
import { type Terminal, withTerminal } from "../terminal.ts";
import { confirmServer } from "./confirm-server.ts";
import { leaveServer, lockHolders, requireServer, useServer } from "./logged-in.ts";

/** Moves the vault; the old one stays as a backup file. A person at a terminal, always. */
export async function moveVault(cli: Cli, to: string, serverId: string | undefined): Promise<void> {
  if (to === "local") return withTerminal("Moving the vault", (terminal) => toThisMachine(cli, terminal));
  return withTerminal("Moving the vault", (terminal) => toServer(cli, terminal, to, serverId));
}

async function toServer(cli: Cli, terminal: Terminal, address: string, given: string | undefined): Promise<void> {
  if (readUserConfig(cli.paths.config).server !== undefined) {
    throw new VaultError(
      "argument-invalid",
      'The vault is on a server. Move it here first: "ov vault move --to local".',
    );
  }
  const source = localVault(cli.paths);
  await requireVault(source);
  const { url, serverId } = await confirmServer(cli, terminal, address, given);
  const password = await askPassword(terminal, "Master password:");
  await lockHolders(cli);
  const scratch = newScratch(cli);
  const client = clientOf(cli.paths, url, serverId, source.device);
  try {
    const { account, vault } = await readNewestAccount(source);
    // The same secret after a move that was cut off: by it the server knows the device that began.
    const begun = readServerLogin(cli.paths);
    const device =
      begun?.account === account ? begun.device : { id: await source.device.deviceId(), secret: randomBuffer(32) };
    writeServerLogin(cli.paths, { account, vault, device });
    const store = (folder: string): { readonly link: RemoteLink; readonly store: RemoteStore } => {
      const cache = new CiphertextCache(join(folder, "cache"));
      const link = new RemoteLink({ client, account, device, cache, now: Date.now, offlineMs: 0 });
      return { link, store: new RemoteStore({ link, cache, outbox: new AuditOutbox(join(folder, "outbox")) }) };
    };
    const target = store(serverFolder(cli.paths));
    const moved = await moveToServer(source, target.store, target.link, device, password, store(scratch).store);
    const backup = await writeBackup(source.store, `${cli.paths.vault}-before-move`);
    useServer(cli, url, serverId, { account, vault, device });
    // Counters begin anew on the server: a person has just said so, with the password.
    (await acceptRestore(await thisVault(cli.paths), password)).lock();
    rmSync(cli.paths.vault, { recursive: true, force: true });
    say(`Moved the vault to ${url}: every object was read back and compared. The vault of before is in`);
    say(`${backup}; delete that file when you no longer want it.`);
    if (moved.leftAuditEntries > 0) say(`${moved.leftAuditEntries} audit entries of other devices are in it only.`);
    const words = serverWords(fingerprint(account, moved.account.identity)).join(" ");
    say(`Your account is ${account}: ${words}.`);
    say(`On another device: ov login ${url} --account ${account}`);
  } finally {
    wipe(password);
    client.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function toThisMachine(cli: Cli, terminal: Terminal): Promise<void> {
  const { store, link, login, client } = requireServer(cli);
  const target = localVault(cli.paths);
  if ((await target.store.readAccount()) !== undefined) {
    throw new VaultError(
      "vault-exists",
      `There is a vault in ${target.store.location} already. Move that folder away first.`,
    );
  }
  const yes = await askYes(terminal, `Move the vault from ${client.url} to this machine?`);
  if (!yes) throw new VaultError("cancelled", "Nothing was moved.");
  const password = await askPassword(terminal, "Master password:");
  await lockHolders(cli);
  const scratch = newScratch(cli);
  try {
    await store.audit.flush();
    const backup = await writeBackup(store, `${cli.paths.vault}-from-server`);
    const trial = {
      ...{
        store: openFileStore(join(scratch, "vault")),
        device: openDeviceState(join(scratch, "state")),
        now: Date.now,
      },
    };
    const { environments } = await importBackup(target, trial, createReadStream(backup), password);
    await link.ask({ method: "DELETE", path: `/devices/${login.device.id}` });
    leaveServer(cli);
    const secrets = environments.reduce((sum, each) => sum + each.secrets, 0);
    say(`Moved the vault to ${cli.paths.vault}: ${secrets} secrets, each decrypted and checked.`);
    say(`What came from the server is in ${backup} too; delete that file when you no longer want it.`);
    say("The server keeps its ciphertext until the one who runs it deletes the account. Other devices still use it.");
  } finally {
    wipe(password);
    client.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function newScratch(cli: Cli): string {
  makePrivateFolder(cli.paths.state);
  return mkdtempSync(join(cli.paths.state, "move-"));
}

async function writeBackup(store: Store, name: string): Promise<string> {
  const file = `${name}-${new Date().toISOString().replace(/[:.]/g, "-")}.ovb`;
  await pipeline(
    Readable.from(exportBackup(store)),
    createWriteStream(file, { flags: "wx", mode: 0o600, flush: true }),
  );
  return file;
}
