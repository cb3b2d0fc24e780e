import { equal } from "../crypto/hash.ts";
import { wipe } from "../crypto/wipe.ts";
import type { WrittenSecret } from "../run/vault-access.ts";
import type { Id } from "../store/store.ts";
import { VaultError } from "../vault-error.ts";
import type { AuditAction } from "./audit-entry.ts";
import type { Context, SecretName } from "./context.ts";
import { type EnvironmentEdit, type EnvironmentState, type OpenEnvironment, recordRef } from "./open-environment.ts";
import {
  type Author,
  currentValue,
  liveItem,
  type MarkedDraft,
  markDeleted,
  renameSecret,
  writeSecrets,
} from "./secret-edits.ts";
import { marksOf } from "./secret-exposure.ts";
import { keptVersions, readVersion } from "./secret-read.ts";
import type { Session } from "./session.ts";

/** Versions of a secret that are kept; older ones are destroyed by the next write. */
export const VERSIONS_KEPT = 50;

/**
 * Writes all drafts in one step, and reads each value back before it says so. `mayWiden`: it may hand a value to more
 * hosts or programs than before, because a person has given the master password.
 */
export async function writeDrafts(
  session: Session,
  context: Context,
  mode: "create" | "update" | "upsert",
  drafts: readonly MarkedDraft[],
  { mayWiden = false, actor = "owner" }: { readonly mayWiden?: boolean; readonly actor?: string } = {},
): Promise<readonly WrittenSecret[]> {
  const environment = await session.environment(context);
  const author = await authorOf(session);
  const state = await environment.change((before) => writeSecrets(environment, before, mode, drafts, author, mayWiden));
  const names = drafts.map((draft) => draft.name);
  const outcome = mayWiden ? "ok, with the master password" : "ok";
  await session.audit({ actor, action: "write", names, outcome }, context);
  const written: WrittenSecret[] = [];
  for (const { name, value } of drafts) {
    const { item, tag } = liveItem(environment, state, name);
    if (value !== undefined && !(await isStored(environment, state, { item, tag }, value))) throw notAsGiven(name);
    await trimHistory(session, environment, item, VERSIONS_KEPT);
    const meta = await environment.meta(recordRef(item, state.head.epoch), tag);
    written.push({ name, version: item.version, weak: meta.weak });
  }
  return written;
}

export async function rename(
  session: Session,
  context: Context,
  name: SecretName,
  to: SecretName,
  actor = "owner",
): Promise<void> {
  const author = await authorOf(session);
  const change = (...where: [OpenEnvironment, EnvironmentState]) => renameSecret(...where, name, to, author);
  await edit(session, context, "rename", [name, to], change, actor);
}

/** Leaves a tombstone: the versions stay until they are purged. */
export async function deleteSecret(
  session: Session,
  context: Context,
  name: SecretName,
  actor = "owner",
): Promise<void> {
  await edit(session, context, "delete", [name], async (...where) => markDeleted(...where, name, true), actor);
}

export async function undeleteSecret(session: Session, context: Context, name: SecretName): Promise<void> {
  await edit(session, context, "undelete", [name], async (...where) => markDeleted(...where, name, false));
}

/** Destroys a deleted secret with all its versions; or with `keep`, all but the newest versions of a live one. */
export async function purgeSecret(session: Session, context: Context, name: SecretName, keep?: number): Promise<void> {
  const environment = await session.environment(context);
  if (keep === undefined) {
    const item = await dropDeleted(environment, name);
    const { store } = session.deps;
    await store.deleteRecords(environment.entry.id, await store.listRecords(environment.entry.id, item));
  } else {
    if (!Number.isInteger(keep) || keep < 1)
      throw new VaultError("argument-invalid", "Keep at least 1 version, or delete the secret first.");
    await trimHistory(session, environment, liveItem(environment, await environment.load(), name).item, keep);
  }
  await session.audit({ actor: "owner", action: "purge", names: [name], outcome: "ok" }, context);
}

/** Makes an earlier version's value the newest one. One that was exposed still is. */
export async function rollbackSecret(
  session: Session,
  context: Context,
  name: SecretName,
  version: number,
): Promise<WrittenSecret> {
  const value = await readVersion(session, context, name, version);
  try {
    const { environment, versions } = await keptVersions(session, context, name);
    const draft = { name, value, ...(await marksOf(environment, versions, value)) };
    const [written] = await writeDrafts(session, context, "update", [draft]);
    await session.audit({ actor: "owner", action: "rollback", names: [name], outcome: `ok: to ${version}` }, context);
    return written!;
  } finally {
    wipe(value);
  }
}

/** Here, where the value was just given, a look at what the store holds of it shows nobody anything new. */
async function isStored(
  environment: OpenEnvironment,
  state: EnvironmentState,
  { item, tag }: ReturnType<typeof liveItem>,
  value: Uint8Array,
): Promise<boolean> {
  const stored = await currentValue(environment, state, item, tag);
  const same = equal(stored, value);
  wipe(stored);
  return same;
}

function notAsGiven(name: SecretName): VaultError {
  return new VaultError(
    "store-failed",
    `Read back, ${name} is not what was to be stored. Keep your own copy of its value, and run "ov doctor".`,
  );
}

async function edit(
  session: Session,
  context: Context,
  action: AuditAction,
  names: readonly SecretName[],
  change: (environment: OpenEnvironment, state: EnvironmentState) => Promise<EnvironmentEdit>,
  actor = "owner",
): Promise<void> {
  const environment = await session.environment(context);
  await environment.change((state) => change(environment, state));
  await session.audit({ actor, action, names, outcome: "ok" }, context);
}

async function dropDeleted(environment: OpenEnvironment, name: SecretName): Promise<Id> {
  let dropped: Id | undefined;
  await environment.change(async (state) => {
    const items = new Map(state.items);
    for (const [tag, item] of items) {
      if (!item.tombstone) continue;
      const meta = await environment.meta(recordRef(item, state.head.epoch), item.pathTag);
      if (meta.name !== name) continue;
      dropped = item.item;
      items.delete(tag);
    }
    if (dropped === undefined) {
      liveItem(environment, state, name);
      throw new VaultError(
        "secret-not-found",
        `${name} isn't deleted, so all of it can't be purged. Use "ov secret delete" first, or --keep for its old versions only.`,
      );
    }
    return { items, records: [] };
  });
  return dropped!; // change() ran the edit, which sets it or throws
}

/** Destroys what is older than the versions that are kept. */
export async function trimToLimit(session: Session, context: Context, name: SecretName): Promise<void> {
  const environment = await session.environment(context);
  const { item } = liveItem(environment, await environment.load(), name);
  await trimHistory(session, environment, item, VERSIONS_KEPT);
}

async function trimHistory(
  session: Session,
  environment: OpenEnvironment,
  item: { readonly item: Id; readonly version: number },
  keep: number,
): Promise<void> {
  if (item.version <= keep) return;
  const records = await session.deps.store.listRecords(environment.entry.id, item.item);
  await session.deps.store.deleteRecords(
    environment.entry.id,
    records.filter((ref) => ref.version <= item.version - keep),
  );
}

async function authorOf(session: Session): Promise<Author> {
  return { name: await session.deps.device.deviceId(), now: session.deps.now() };
}
