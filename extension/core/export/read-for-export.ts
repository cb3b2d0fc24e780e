import { wipe } from "../crypto/wipe.ts";
import type { Context } from "../vault/context.ts";
import { everyEnvironment } from "../vault/every-environment.ts";
import { secretMetas } from "../vault/secret-list.ts";
import type { SecretMeta } from "../vault/secret-meta.ts";
import { readSecrets } from "../vault/secret-read.ts";
import type { Session } from "../vault/session.ts";
import type { ExportedEnvironment, ExportedSecret } from "./exported-secret.ts";

/**
 * Newest values with their details, and an audit entry for each environment before anything of it is returned. The
 * caller has just asked a person for the master password: no other way leads here, and no other process can call it.
 * `how` completes "ok: " in the audit log.
 */
export async function readForExport(
  session: Session,
  contexts: readonly Context[],
  how: string,
  { withDecoys }: { readonly withDecoys: boolean },
): Promise<readonly ExportedEnvironment[]> {
  const environments: ExportedEnvironment[] = [];
  try {
    for (const context of contexts) {
      const metas = (await secretMetas(session, context)).filter(({ canary }) => withDecoys || !canary);
      const names = metas.map(({ name }) => name);
      await session.audit({ actor: "owner", action: "export", names, outcome: `ok: ${how}` }, context);
      const values = new Map((await readSecrets(session, context, names)).map(({ name, value }) => [name, value]));
      environments.push({ context, secrets: metas.map((meta) => exported(meta, values.get(meta.name)!)) });
    }
    return environments;
  } catch (error) {
    wipeExported(environments);
    throw error;
  }
}

/** Every environment that can be read, by name. */
export async function everyContext(session: Session): Promise<readonly Context[]> {
  const found = await everyEnvironment(session);
  return found.flatMap(({ context, state }) => (state === undefined ? [] : [context]));
}

export function wipeExported(environments: readonly ExportedEnvironment[]): void {
  for (const { secrets } of environments) wipe(...secrets.map(({ value }) => value));
}

function exported(meta: SecretMeta, value: Buffer): ExportedSecret {
  const { name, description, tags, rotateAfterDays = null, allowedHosts, placeholder = null, canary } = meta;
  const secret = { name, value, description, tags, rotateAfterDays, allowedHosts, placeholder };
  return canary === undefined ? secret : { ...secret, canary };
}
