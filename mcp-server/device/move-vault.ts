import { createReadStream, rmSync } from "node:fs";
import { join } from "node:path";
import { randomBuffer } from "#core/crypto/random.ts";
import { serverWords } from "#core/crypto/server-words.ts";
import { AuditOutbox } from "#core/store/remote/audit-outbox.ts";
import { CiphertextCache } from "#core/store/remote/ciphertext-cache.ts";
import { endAccount } from "#core/store/remote/end-account.ts";
import { moveToServer } from "#core/store/remote/move-to-server.ts";
import type { InviteProof } from "#core/store/remote/register-account.ts";
import { RemoteLink } from "#core/store/remote/remote-link.ts";
import { RemoteStore } from "#core/store/remote/remote-store.ts";
import type { Id, Store } from "#core/store/store.ts";
import { importBackup } from "#core/vault/backup.ts";
import { fingerprint } from "#core/vault/identity.ts";
import { acceptRestore, readNewestAccount } from "#core/vault/vault.ts";
import { VaultError } from "#core/vault-error.ts";
import type { FoundServer } from "./find-server.ts";
import type { Paths } from "./paths.ts";
import { newScratch, withScratchVault } from "./scratch.ts";
import { readServerLogin, serverFolder, writeServerLogin } from "./server-login.ts";
import { clientOf } from "./this-server.ts";
import { localVault, requireVault, thisVault } from "./this-vault.ts";
import { leaveServer, lockHolders, requireServer, useServer } from "./use-server.ts";
import { readUserConfig } from "./user-config.ts";
import { writeBackup } from "./write-export.ts";

export interface MovedToServer {
  /** The vault of before, as one encrypted file. */
  readonly backup: string;
  readonly account: Id;
  readonly accountWords: readonly string[];
  /** Of other devices: they are in the backup only. */
  readonly leftAuditEntries: number;
}

/** Refuses before a person is asked anything: where the vault is on a server already, or where there is none. */
export async function requireMovable(paths: Paths): Promise<void> {
  if (readUserConfig(paths.config).server !== undefined) {
    throw new VaultError(
      "argument-invalid",
      'The vault is on a server. Move it here first: "ov vault move --to local".',
    );
  }
  await requireVault(localVault(paths));
}

/**
 * Moves the vault to a server that a person has confirmed. Every object is read back and compared before the new place
 * is taken; a move that was cut off goes on when it is asked for again. The caller wipes the password.
 */
export async function moveVaultToServer(
  paths: Paths,
  { url, serverId }: FoundServer,
  password: Uint8Array,
  /** Opens a server that takes no new accounts. */
  invite?: InviteProof,
): Promise<MovedToServer> {
  const source = localVault(paths);
  await lockHolders(paths);
  const scratch = newScratch(paths, "move-");
  const client = clientOf(paths, url, serverId, source.device);
  try {
    const { account, vault } = await readNewestAccount(source);
    // The same secret after a move that was cut off: by it the server knows the device that began.
    const begun = readServerLogin(paths);
    const device =
      begun?.account === account ? begun.device : { id: await source.device.deviceId(), secret: randomBuffer(32) };
    writeServerLogin(paths, { account, vault, device });
    const store = (folder: string): { readonly link: RemoteLink; readonly store: RemoteStore } => {
      const cache = new CiphertextCache(join(folder, "cache"));
      const link = new RemoteLink({ client, account, device, cache, now: Date.now, offlineMs: 0 });
      return { link, store: new RemoteStore({ link, cache, outbox: new AuditOutbox(join(folder, "outbox")) }) };
    };
    const target = store(serverFolder(paths));
    const moved = await moveToServer(source, target.store, target.link, device, password, store(scratch).store, invite);
    const backup = await keepBackup(source.store, `${paths.vault}-before-move`);
    useServer(paths, url, serverId, { account, vault, device });
    // Counters begin anew on the server: a person has just said so, with the password.
    (await acceptRestore(await thisVault(paths), password)).lock();
    rmSync(paths.vault, { recursive: true, force: true });
    const accountWords = serverWords(fingerprint(account, moved.account.identity));
    return { backup, account, accountWords, leftAuditEntries: moved.leftAuditEntries };
  } finally {
    client.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

export interface MovedHere {
  /** What came from the server, as one encrypted file. */
  readonly backup: string;
  /** Each decrypted and checked. */
  readonly secrets: number;
}

/** The server's address. Refuses where the vault is here, or where another one is in the way. */
export async function requireMovableHere(paths: Paths): Promise<string> {
  const { client } = requireServer(paths);
  client.close();
  const { store } = localVault(paths);
  if ((await store.readAccount()) === undefined) return client.url;
  throw new VaultError("vault-exists", `There is a vault in ${store.location} already. Move that folder away first.`);
}

/**
 * Moves the vault from its server to this machine. With `endsAccount` the server then destroys its copy, for other devices
 * and members too; else it keeps it. The caller wipes the password.
 */
export async function moveVaultHere(
  paths: Paths,
  password: Uint8Array,
  { endsAccount = false }: { readonly endsAccount?: boolean } = {},
): Promise<MovedHere> {
  const { store, link, login, client } = requireServer(paths);
  await lockHolders(paths);
  try {
    await store.audit.flush();
    const backup = await keepBackup(store, `${paths.vault}-from-server`);
    const { environments } = await withScratchVault(paths, "move-", (scratch) =>
      importBackup(localVault(paths), scratch, createReadStream(backup), password),
    );
    // Only now: what was fetched has been decrypted, each secret of it.
    if (endsAccount) await endAccount(link, store, password);
    else await link.ask({ method: "DELETE", path: `/devices/${login.device.id}` });
    leaveServer(paths);
    return { backup, secrets: environments.reduce((sum, each) => sum + each.secrets, 0) };
  } finally {
    client.close();
  }
}

/** The vault of before, beside the place of the one of this machine. */
async function keepBackup(store: Store, name: string): Promise<string> {
  const file = `${name}-${new Date().toISOString().replace(/[:.]/g, "-")}.ovb`;
  await writeBackup(store, file);
  return file;
}
