import { isAllowedFrom } from "../people/token-routes.ts";
import { findDevice, noteSeen } from "../storage/devices.ts";
import type { Tx } from "../storage/schema.ts";
import { findToken, noteUse } from "../storage/tokens.ts";
import type { Caller } from "./route.ts";

/** Whoever has the secret that seals a call: a device of a person, or a token. */
export interface Holder {
  readonly account: string;
  /** Under the pepper. */
  readonly wrappedSecret: Uint8Array;
  readonly caller: Caller;
  /** ms since 1970. */
  readonly seenAt: number;
  /** ms: more often is not written down. */
  readonly noteEvery: number;
  isUsable(time: number, address: string): boolean;
  note(tx: Tx, time: number, address: string): Promise<void>;
}

export async function findHolder(tx: Tx, id: string): Promise<Holder | undefined> {
  const device = await findDevice(tx, id);
  if (device !== undefined) {
    const { account, wrappedSecret, seenAt } = device;
    return {
      ...{ account, wrappedSecret, seenAt, caller: { account, device: id }, noteEvery: 3600_000 },
      isUsable: () => true,
      note: (write, time) => noteSeen(write, id, time),
    };
  }
  const token = await findToken(tx, id);
  if (token === undefined) return undefined;
  const { account, wrapped_secret: wrappedSecret, addresses, expires_at: expiresAt } = token;
  return {
    ...{ account, wrappedSecret, seenAt: token.used_at ?? 0, noteEvery: 10_000 },
    caller: { account, device: id, token: { environments: new Set(token.environments) } },
    isUsable: (time, address) =>
      time < expiresAt && isAllowedFrom(addresses === "" ? [] : addresses.split("\n"), address),
    note: (write, time, address) => noteUse(write, id, time, address),
  };
}
