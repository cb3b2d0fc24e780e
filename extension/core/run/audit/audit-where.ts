import type { AuditBody } from "../../vault/audit-entry.ts";
import { type Context, formatContext } from "../../vault/context.ts";
import type { Session } from "../../vault/session.ts";
import { isVaultError } from "../../vault-error.ts";

/** An entry of an environment, or where there is none yet, such as for its first secret, of the account. */
export async function auditWhere(session: Session, body: Omit<AuditBody, "context">, context: Context): Promise<void> {
  try {
    await session.audit(body, context);
  } catch (error) {
    if (!isVaultError(error, "context-not-found")) throw error;
    await session.audit({ ...body, outcome: `${body.outcome} (${formatContext(context)})` });
  }
}
