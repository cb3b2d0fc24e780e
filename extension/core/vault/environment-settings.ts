import type { AuditAction } from "./audit-entry.ts";
import { type Context, formatContext } from "./context.ts";
import { requireRole } from "./environment-role.ts";
import { tagKey } from "./manifest-items.ts";
import type { Session } from "./session.ts";
import { openSettings, sealSettings, settingsItem } from "./settings-item.ts";

/**
 * What an environment's owner decided about its use, as the bytes that were written: encrypted under the
 * environment's key, named by its signed manifest. So neither the store nor a repository can change, drop or put back
 * settings. undefined = nothing was ever decided.
 */
export async function readSettings(session: Session, context: Context): Promise<Buffer | undefined> {
  const environment = await session.environment(context);
  const state = await environment.load();
  const item = settingsItem(state);
  return item && openSettings(environment, state, item);
}

/**
 * `edit` gets the settings as they are now and returns them as they shall be; it throws to refuse, such as settings
 * that it can't read, and so must not overwrite. After a lost race it is called again.
 */
export async function changeSettings(
  session: Session,
  context: Context,
  action: AuditAction,
  edit: (before: Buffer | undefined) => Uint8Array,
): Promise<void> {
  const environment = await session.environment(context);
  const state = await environment.change(async (before) => {
    // What may be done with the values is not for everybody who may write some.
    requireRole(before.role, "admin", formatContext(context));
    const old = settingsItem(before);
    const content = edit(old && (await openSettings(environment, before, old)));
    const { item, record } = sealSettings(environment, before, content);
    return { items: new Map(before.items).set(tagKey(item.pathTag), item), records: [record] };
  });
  await session.audit({ actor: "owner", action, names: [], outcome: "ok" }, context);
  const { item, version } = settingsItem(state)!; // it was written just now
  if (version <= VERSIONS_KEPT) return;
  const records = await session.deps.store.listRecords(environment.entry.id, item);
  const old = records.filter((ref) => ref.version <= version - VERSIONS_KEPT);
  await session.deps.store.deleteRecords(environment.entry.id, old);
}

/** Enough that a reader who has just loaded the manifest of a moment ago still finds what it names. */
const VERSIONS_KEPT = 5;
