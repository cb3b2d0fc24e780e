import type { StoredObject } from "../store/store.ts";
import { readSealedAccount } from "../vault/account.ts";
import { readBackup, requireNoVault, type VaultSummary, verifyVault } from "../vault/backup.ts";
import { acceptRestore, type NewVault, recoverVault } from "../vault/vault.ts";
import type { VaultDeps } from "../vault/vault-deps.ts";
import { type KitCounters, kitOf, olderThanKit, type readKit, refuseOtherThanKit } from "./recovery-kit.ts";

/**
 * A backup, opened with a recovery code, becomes the vault of this machine, with a new password and a new code. All of it
 * happens in `scratch` first, an empty store with an empty device state that the caller removes: `target` gets it in one
 * step, when every secret was decrypted, and is left alone by whatever goes wrong.
 */
export async function recoverBackup(
  target: VaultDeps,
  scratch: VaultDeps,
  source: AsyncIterable<Uint8Array>,
  kit: ReturnType<typeof readKit>,
  newPassword: Uint8Array,
): Promise<NewVault & { readonly summary: VaultSummary }> {
  await requireNoVault(target);
  await scratch.store.restore(await readBackup(source));
  const stored = await scratch.store.readAccount();
  refuseOtherThanKit(kit, readSealedAccount(stored!.bytes)); // a backup without an account is not restored
  const { session, recoveryCode } = await recoverVault(scratch, kit.code, newPassword);
  let summary: VaultSummary;
  try {
    if (kit.counters !== undefined) refuseOlder((await kitOf(session, "", undefined)).counters, kit.counters);
    summary = await verifyVault(session);
  } finally {
    session.lock();
  }
  const objects: StoredObject[] = [];
  for await (const object of scratch.store.backup()) objects.push(object);
  await target.store.restore(objects);
  // The code was right: a person means this copy, also where this device has seen a newer one.
  return { session: await acceptRestore(target, newPassword), recoveryCode, summary };
}

/** An environment that is gone may have been deleted on purpose; the account's counter tells how old the copy is. */
export function refuseOlder(found: KitCounters, kit: KitCounters): void {
  const counters = new Map(found.environments.map(({ id, counter }) => [id, counter]));
  const older = kit.environments.find(({ id, counter }) => (counters.get(id) ?? counter) < counter);
  if (older !== undefined) throw olderThanKit(`Environment ${older.id}`);
}
