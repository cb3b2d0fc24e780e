import { compareValues } from "../../vault/compare-values.ts";
import { rotationsUnderWay } from "../../vault/rotation-lookup.ts";
import { copySecrets } from "../../vault/secret-copy.ts";
import { clearExposed } from "../../vault/secret-exposure.ts";
import { listSecrets } from "../../vault/secret-list.ts";
import { readVersion, secretHistory } from "../../vault/secret-read.ts";
import {
  deleteSecret,
  purgeSecret,
  rename,
  rollbackSecret,
  undeleteSecret,
  writeDrafts,
} from "../../vault/secret-write.ts";
import { takeStep } from "../rotation/take-step.ts";
import type { VaultAccess } from "../vault-access.ts";
import type { HeldVault } from "./held-vault.ts";

/** What a person does with secrets, and agents with a person's yes. Values leave by `reveal` only. */
export function secretMethods(held: HeldVault) {
  const { canaries, writers } = held;
  return {
    list: (context, options) => listSecrets(held.used(), context, options?.deleted),
    history: (context, name) => secretHistory(held.used(), context, name),
    write: async (context, mode, secrets, password) => {
      if (password !== undefined) await held.proved(password);
      const names = secrets.map(({ name }) => name);
      const by = { mayWiden: password !== undefined, actor: writers.take(context, names) };
      return writeDrafts(held.used(), context, mode, secrets, by);
    },
    rename: (context, name, to) => rename(held.used(), context, name, to, writers.take(context, [name])),
    delete: (context, name) => deleteSecret(held.used(), context, name, writers.take(context, [name])),
    undelete: (context, name) => undeleteSecret(held.used(), context, name),
    purge: (context, name, keep) => purgeSecret(held.used(), context, name, keep),
    clearExposed: async (context, name, password) => clearExposed(await held.proved(password), context, name),
    rollback: async (context, name, version) => {
      await canaries.refuse([name], { client: "owner", action: "rollback", context });
      return rollbackSecret(held.used(), context, name, version);
    },
    copy: async (from, names, to, password) => copySecrets(await held.proved(password), from, names, to),
    compare: async (contexts, password, only) => compareValues(await held.proved(password), contexts, only),
    rotations: () => rotationsUnderWay(held.used()),
    rotate: (step) => takeStep(held, step),
    reveal: async (context, name, version, password) => {
      // Before the password: who guesses at it trips the decoy too.
      await canaries.refuse([name], { client: "owner", action: "reveal", context });
      const session = await held.proved(password);
      const value = await readVersion(session, context, name, version);
      await session.audit({ actor: "owner", action: "reveal", names: [name], outcome: "ok" }, context);
      return value;
    },
  } satisfies Partial<VaultAccess>;
}
