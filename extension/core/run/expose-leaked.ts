import type { Context, SecretName } from "../vault/context.ts";
import { markExposed } from "../vault/secret-exposure.ts";
import type { Session } from "../vault/session.ts";
import { isVaultError } from "../vault-error.ts";
import type { RunOutcome } from "./vault-access.ts";
import { stillVisible } from "./visible-text.ts";

/**
 * Marks the values that a run left in files. Of the lease's own names only: whoever settles a lease can't mark others.
 * Where the vault can't be written, as by a reader or without its server, the run's own entry in the audit log tells it.
 */
export async function exposeLeaked(
  session: Session,
  lease: { readonly context: Context; readonly names: readonly SecretName[]; readonly client: string },
  { leakedFiles = 0, leakedNames = [] }: RunOutcome,
): Promise<void> {
  const names = lease.names.filter((name) => leakedNames.includes(name));
  if (names.length === 0) return;
  const files = leakedFiles === 1 ? "a file" : `${leakedFiles} files`;
  try {
    await markExposed(session, lease.context, names, `left in ${files} by ${stillVisible(lease.client)}`);
  } catch (error) {
    if (!isVaultError(error)) throw error;
  }
}
