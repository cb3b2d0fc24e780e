import { serverWords } from "#core/crypto/server-words.ts";
import { devicesOf } from "#core/store/remote/answers.ts";
import type { Id } from "#core/store/store.ts";
import { readSealedAccount } from "#core/vault/account.ts";
import { fingerprint } from "#core/vault/identity.ts";
import { VaultError } from "#core/vault-error.ts";
import type { Paths } from "./paths.ts";
import { requireVault } from "./this-vault.ts";
import { requireServer } from "./use-server.ts";

export interface AccountDevices {
  readonly url: string;
  readonly serverId: Buffer;
  readonly serverWords: readonly string[];
  readonly account: Id;
  /** The same on every device. */
  readonly accountWords: readonly string[];
  readonly devices: readonly AccountDevice[];
}

export interface AccountDevice {
  readonly id: Id;
  readonly isThisOne: boolean;
  /** ms since 1970. */
  readonly enrolledAt: number;
  readonly seenAt: number;
}

/** The devices of the account that this one is logged in to. Needs no password: no key and no name is in it. */
export async function readDevices(paths: Paths): Promise<AccountDevices> {
  const { link, login, serverId, store, device, client } = requireServer(paths);
  try {
    await requireVault({ store, device, now: Date.now });
    const devices = devicesOf((await link.require({ method: "GET", path: "/devices" }, "the devices")).body);
    const sealed = readSealedAccount((await store.readAccount())!.bytes); // there is one: see above
    return {
      ...{ url: client.url, serverId, serverWords: serverWords(serverId), account: login.account },
      accountWords: serverWords(fingerprint(sealed.account, sealed.identity)),
      devices: devices.map((each) => ({ ...each, isThisOne: each.id === login.device.id })),
    };
  } finally {
    client.close();
  }
}

/** Ends another device at once. Refuses with `argument-invalid` for this one, and for one that isn't there. */
export async function removeDevice(paths: Paths, id: Id): Promise<void> {
  const { link, login, client } = requireServer(paths);
  try {
    if (id === login.device.id) throw new VaultError("argument-invalid", 'That is this device. Use "ov logout".');
    const answer = await link.ask({ method: "DELETE", path: `/devices/${id}` });
    if ("code" in answer)
      throw new VaultError("argument-invalid", `The account has no device ${id}. See "ov devices".`);
  } finally {
    client.close();
  }
}
