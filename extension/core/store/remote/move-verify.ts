import { equal } from "../../crypto/hash.ts";
import { type Account, openAccount, readSealedAccount } from "../../vault/account.ts";
import { encodeDirectory } from "../../vault/directory.ts";
import { VaultError } from "../../vault-error.ts";
import type { Id, Store } from "../store.ts";
import type { MovedEnvironment } from "./move-environment.ts";

/** Reads back every object that was moved, and compares it with the one that it was copied from. */
export async function verifyMoved(
  source: Store,
  target: Store,
  moved: {
    readonly ak: Uint8Array;
    readonly account: Account;
    readonly environments: readonly MovedEnvironment[];
    readonly device: Id;
  },
): Promise<void> {
  const stored = await target.readAccount();
  if (stored === undefined) throw different("the account");
  const account = openAccount(moved.ak, readSealedAccount(stored.bytes));
  const same =
    encodeDirectory(account.directory).equals(encodeDirectory(moved.account.directory)) &&
    account.keys.size === moved.account.keys.size &&
    [...account.keys].every(([name, key]) => equal(key, moved.account.keys.get(name) ?? EMPTY)) &&
    equal(account.seeds.sign, moved.account.seeds.sign) &&
    equal(account.seeds.kem, moved.account.seeds.kem) &&
    account.slots.length === moved.account.slots.length &&
    account.slots.every((slot, index) => equal(slot.wrapped, moved.account.slots[index]!.wrapped));
  if (!same) throw different("the account");

  for (const { id, counter, head, items, refs } of moved.environments) {
    const manifest = await target.readManifest(id);
    const isSame = manifest?.counter === counter && equal(manifest.head, head) && equal(manifest.items, items);
    if (!isSame) throw different("an environment");
    for (let at = 0; at < refs.length; at += AT_ONCE) {
      await Promise.all(
        refs.slice(at, at + AT_ONCE).map(async (ref) => {
          const [there, here] = await Promise.all([target.readRecord(id, ref), source.readRecord(id, ref)]);
          if (!equal(there, here)) throw different("a secret's record");
        }),
      );
    }
  }
  const [there, here] = [await target.readAudit(moved.device, 1), await source.readAudit(moved.device, 1)];
  if (there.length !== here.length || !there.every((entry, index) => equal(entry, here[index]!))) {
    throw different("the audit log");
  }
}

function different(what: string): VaultError {
  return new VaultError(
    "store-failed",
    `Read back from its new place, ${what} is not what was written there. The old vault stays the one in use. Run the command again.`,
  );
}

const EMPTY = new Uint8Array(0);
const AT_ONCE = 50;
