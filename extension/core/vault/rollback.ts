import { equal } from "../crypto/hash.ts";
import type { DeviceState, Id, Seen } from "../store/store.ts";
import { VaultError } from "../vault-error.ts";

/** A counted object as it was found: `series` is what the device files it under, `what` is for people. */
export interface Found {
  readonly series: string;
  readonly what: string;
  readonly counter: number;
  readonly hash: Uint8Array;
}

/**
 * Refuses with `rolled-back` anything older than this device has seen, or another object with the same counter. `seen`
 * must have been asked for before the object was read: other processes write in between, and remember what they wrote.
 */
export function refuseRollback(seen: Seen | undefined, found: Found): void {
  if (seen === undefined || seen.counter < found.counter) return;
  if (seen.counter > found.counter) throw rolledBack(found.what, `at counter ${found.counter}`, seen.counter);
  if (!equal(Buffer.from(seen.hash, "hex"), found.hash)) {
    throw rolledBack(found.what, `a different one at counter ${found.counter}`, seen.counter);
  }
}

export async function rememberSeen(device: DeviceState, vault: Id, found: Found): Promise<void> {
  await device.remember(vault, found.series, { counter: found.counter, hash: Buffer.from(found.hash).toString("hex") });
}

export function rolledBack(what: string, stored: string, seen: number): VaultError {
  return new VaultError(
    "rolled-back",
    `The store rolled back: ${what} is ${stored}, but this device has seen counter ${seen}. No value was used. If you put an older copy back on purpose, run "ov vault accept-restore"; if not, somebody else changed the store.`,
  );
}
