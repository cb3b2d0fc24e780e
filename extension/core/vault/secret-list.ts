import type { SecretInfo } from "../run/vault-access.ts";
import { isVaultError } from "../vault-error.ts";
import type { VerifiedEntry } from "./audit-log.ts";
import { inBatches } from "./batches.ts";
import { type Context, formatContext, type SecretName } from "./context.ts";
import type { ManifestHead } from "./manifest.ts";
import { type EnvironmentState, recordRef } from "./open-environment.ts";
import { liveItem } from "./secret-edits.ts";
import { type SecretMeta, valueSinceOf } from "./secret-meta.ts";
import type { Session } from "./session.ts";
import { secretItems } from "./settings-item.ts";

/** Names and metadata, sorted by name; values stay encrypted. */
export async function listSecrets(session: Session, context: Context, deleted = false): Promise<readonly SecretInfo[]> {
  const environment = await session.environment(context);
  const state = await environment.load();
  const lastUse = await lastUseOf(session, context, state);
  const wanted = secretItems(state).filter((item) => item.tombstone === deleted);
  const infos = await inBatches(wanted, async (item): Promise<SecretInfo> => {
    const meta = await environment.meta(recordRef(item, state.head.epoch), item.pathTag);
    const used = lastUse.get(meta.name);
    return {
      name: meta.name,
      version: item.version,
      createdAt: meta.created,
      updatedAt: meta.updated,
      valueSince: valueSinceOf(meta),
      description: meta.description,
      tags: meta.tags,
      allowedHosts: meta.allowedHosts,
      weak: meta.weak,
      deleted,
      canary: meta.canary ?? false,
      ...(meta.placeholder === undefined ? {} : { placeholder: meta.placeholder }),
      ...(meta.rotateAfterDays === undefined ? {} : { rotateAfterDays: meta.rotateAfterDays }),
      ...(meta.exposed === undefined ? {} : { exposed: meta.exposed }),
      ...(used === undefined ? {} : { lastUsedAt: used }),
    };
  });
  return infos.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names of all live secrets, sorted. */
export async function secretNames(session: Session, context: Context): Promise<readonly SecretName[]> {
  return (await secretMetas(session, context)).map((meta) => meta.name);
}

/** Metadata of the named secrets, or of all live ones, sorted by name. Refuses with `secret-not-found`. */
export async function secretMetas(
  session: Session,
  context: Context,
  names?: readonly SecretName[],
): Promise<readonly SecretMeta[]> {
  const environment = await session.environment(context);
  const state = await environment.load();
  const items =
    names?.map((name) => liveItem(environment, state, name).item) ??
    secretItems(state).filter((item) => !item.tombstone);
  const metas = await inBatches(items, (item) => environment.meta(recordRef(item, state.head.epoch), item.pathTag));
  return metas.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function lastUseOf(
  session: Session,
  context: Context,
  { head }: EnvironmentState,
): Promise<ReadonlyMap<string, number>> {
  const used = new Map<string, number>();
  for (const { place, body } of await auditEntries(session, head)) {
    const run = body?.action === "run" || body?.action === "shell";
    if (body?.context !== formatContext(context) || !run || body.outcome !== "ok") continue;
    for (const name of body.names) used.set(name, place.time);
  }
  return used;
}

/** Offline the log can't be read; the list can, and then nobody is told when a secret was used last. */
async function auditEntries(session: Session, { auditHeads }: ManifestHead): Promise<readonly VerifiedEntry[]> {
  try {
    return await session.auditEntries(ENTRIES_LOOKED_AT, auditHeads);
  } catch (error) {
    if (isVaultError(error, "server-unreachable")) return [];
    throw error;
  }
}

const ENTRIES_LOOKED_AT = 2000;
