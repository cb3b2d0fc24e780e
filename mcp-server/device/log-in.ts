import { serverWords } from "#core/crypto/server-words.ts";
import { type Enrolled, enrolByRecovery, enrolDevice } from "#core/store/remote/login.ts";
import type { SealedClient } from "#core/store/remote/sealed-client.ts";
import { asId, type DeviceState, type Id } from "#core/store/store.ts";
import { VaultError } from "#core/vault-error.ts";
import type { FoundServer } from "./find-server.ts";
import type { Paths } from "./paths.ts";
import { clientOf } from "./this-server.ts";
import { localVault } from "./this-vault.ts";
import { lockHolders, useServer } from "./use-server.ts";

/** A device that the server has taken, and that this machine doesn't use before a person has seen whose account it is. */
export interface BegunLogin {
  /** Of the account: the same on every device of it. */
  readonly words: readonly string[];
  /** From now on the vault is the one on the server. */
  accept(): Promise<void>;
  /** The server forgets this device again. */
  refuse(): Promise<void>;
}

/** Enrols this device at a server that a person has confirmed. Refuses with `login-failed`. The caller wipes the password. */
export function beginLogin(paths: Paths, server: FoundServer, account: Id, password: Uint8Array): Promise<BegunLogin> {
  return begin(paths, server, account, (client, state) => enrolDevice(client, account, password, state));
}

/** The same by the bytes of a recovery code; a new password is what `recoverVault` sets next. */
export function beginRecovery(paths: Paths, server: FoundServer, account: Id, code: Uint8Array): Promise<BegunLogin> {
  return begin(paths, server, account, (client, state) => enrolByRecovery(client, account, code, state));
}

async function begin(
  paths: Paths,
  { url, serverId }: FoundServer,
  account: Id,
  enrol: (client: SealedClient, state: DeviceState) => Promise<Enrolled>,
): Promise<BegunLogin> {
  const { device: state } = localVault(paths);
  const client = clientOf(paths, url, serverId, state);
  try {
    const { fingerprint, device, vault } = await enrol(client, state);
    return {
      words: serverWords(fingerprint),
      accept: async () => {
        client.close();
        await lockHolders(paths);
        useServer(paths, url, serverId, { account, vault, device });
      },
      refuse: async () => {
        const key = { id: Buffer.from(device.id, "hex"), secret: device.secret };
        await client.call({ method: "DELETE", path: `/devices/${device.id}`, device: key }).catch(() => {});
        client.close();
      },
    };
  } catch (error) {
    client.close();
    throw error;
  }
}

export function requireAccount(text: string): Id {
  const account = asId(text.trim().toLowerCase());
  if (account !== undefined) return account;
  throw new VaultError(
    "argument-invalid",
    'An account is 32 digits and letters a-f. "ov devices" shows it on another device.',
  );
}
