import type { PlaceholderRule, VersionInfo } from "../run/vault-access.ts";
import { VaultError } from "../vault-error.ts";
import { inBatches } from "./batches.ts";
import type { Context, SecretName } from "./context.ts";
import { recordRef } from "./open-environment.ts";
import { openValue } from "./record.ts";
import { currentValue, liveItem, versionsOf } from "./secret-edits.ts";
import type { Session } from "./session.ts";

/** A value that was read, in a buffer that is the reader's to wipe. */
export interface ReadSecret {
  readonly name: SecretName;
  readonly version: number;
  readonly value: Buffer;
  /** As this version says, whatever is written meanwhile. */
  readonly placeholder?: PlaceholderRule;
}

/** Refuses with `secret-not-found`, and decrypts nothing. */
export async function requireSecrets(session: Session, context: Context, names: readonly SecretName[]): Promise<void> {
  const environment = await session.environment(context);
  const state = await environment.load();
  for (const name of names) liveItem(environment, state, name);
}

export async function readSecrets(
  session: Session,
  context: Context,
  names: readonly SecretName[],
): Promise<readonly ReadSecret[]> {
  const environment = await session.environment(context);
  const state = await environment.load();
  const found = names.map((name) => ({ name, ...liveItem(environment, state, name) }));
  return inBatches(found, async ({ name, item, tag }) => {
    const { placeholder: places, allowedHosts } = await environment.meta(recordRef(item, state.head.epoch), tag);
    return {
      ...{ name, version: item.version, value: await currentValue(environment, state, item, tag) },
      ...(places === undefined ? {} : { placeholder: { allowedHosts, places } }),
    };
  });
}

/** The value of one version, or of the newest, which needs no list of versions: that one is there offline too. */
export async function readVersion(
  session: Session,
  context: Context,
  name: SecretName,
  version?: number,
): Promise<Buffer> {
  if (version === undefined) return (await readSecrets(session, context, [name]))[0]!.value;
  const { environment, versions } = await keptVersions(session, context, name);
  const found = versions.find(({ ref }) => ref.version === version);
  if (found === undefined) {
    throw new VaultError(
      "secret-not-found",
      `${name} has no version ${version}, or it was purged. See "ov secret history".`,
    );
  }
  const place = environment.place(found.ref, found.tag);
  return openValue(environment.keysOf(found.ref.epoch), place, await environment.record(found.ref));
}

/** Kept versions, newest first. */
export async function secretHistory(
  session: Session,
  context: Context,
  name: SecretName,
): Promise<readonly VersionInfo[]> {
  const { versions } = await keptVersions(session, context, name);
  return versions.map(({ ref, meta }, index) => ({
    version: ref.version,
    createdAt: meta.updated,
    author: meta.author,
    current: index === 0,
  }));
}

/** Kept versions with their metadata, newest first. */
export async function keptVersions(session: Session, context: Context, name: SecretName) {
  const environment = await session.environment(context);
  const state = await environment.load();
  const { item } = liveItem(environment, state, name);
  const kept = await session.deps.store.listRecords(environment.entry.id, item.item);
  return { environment, versions: await versionsOf(environment, state, item, kept) };
}
