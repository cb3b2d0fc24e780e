import { equal, sha256 } from "../crypto/hash.ts";
import { newId } from "../crypto/random.ts";
import { wipe } from "../crypto/wipe.ts";
import { isWeak } from "../redact/matcher.ts";
import type { SecretDraft } from "../run/vault-access.ts";
import type { NewRecord, RecordRef } from "../store/store.ts";
import { VaultError } from "../vault-error.ts";
import { formatContext, type SecretName } from "./context.ts";
import { pathTag } from "./environment-keys.ts";
import { type Item, tagKey } from "./manifest-items.ts";
import {
  type EnvironmentEdit,
  type EnvironmentState,
  type LiveItem,
  type OpenEnvironment,
  recordRef,
} from "./open-environment.ts";
import { MAX_VALUE_BYTES, openValue, sealRecord } from "./record.ts";
import { resealRotations } from "./rotation-item.ts";
import { guardOf, refuseUnplaceable, refuseWidening } from "./secret-guard.ts";
import { type Exposure, type SecretMeta, valueSinceOf } from "./secret-meta.ts";
import { resealSettings, secretItems } from "./settings-item.ts";

/** Who writes, and when (ms since 1970). */
export interface Author {
  readonly name: string;
  readonly now: number;
}

/** A draft whose value is not new: a copy, or an earlier version. No caller from outside says so. */
export interface MarkedDraft extends SecretDraft {
  readonly exposed?: Exposure;
  readonly valueSince?: number;
}

/**
 * The edit that writes all drafts, or an error that names the first one that can't be written. `mayWiden`: it may hand
 * a value to more hosts or programs than before.
 */
export async function writeSecrets(
  environment: OpenEnvironment,
  state: EnvironmentState,
  mode: "create" | "update" | "upsert",
  drafts: readonly MarkedDraft[],
  author: Author,
  mayWiden: boolean,
): Promise<EnvironmentEdit> {
  const items = new Map(state.items);
  const records: NewRecord[] = [];
  for (const draft of drafts) {
    const tag = pathTag(state.keys, draft.name);
    const before = items.get(tagKey(tag));
    const live = before !== undefined && !before.tombstone;
    if (live && mode === "create") throw exists(environment, draft.name);
    if (!live && mode === "update") throw notFound(environment, draft.name);
    const old = before && (await environment.meta(recordRef(before, state.head.epoch), tag));
    const stored = before && (await currentValue(environment, state, before, tag));
    const value = draft.value ?? (live ? stored : undefined);
    checkValue(draft.name, value);
    const isSame = stored !== undefined && equal(stored, value);
    const guard = guardOf(draft, old);
    if (!mayWiden) refuseWidening(draft, guard, old);
    refuseUnplaceable(draft, guard, value);
    const meta: SecretMeta = {
      ...mergeMeta(draft, live ? old : undefined),
      ...guard,
      // Also of a deleted one: to delete it and make it again is what somebody would do who wants to use it.
      ...(draft.canary || old?.canary ? { canary: true } : {}),
      ...exposedOf(draft.exposed ?? (isSame ? old?.exposed : undefined)),
      valueSince: draft.valueSince ?? (isSame ? valueSinceOf(old!) : author.now),
      created: live ? old!.created : author.now,
      updated: author.now,
      author: author.name,
      weak: isWeak(value),
      ...previousOf(before, old, state),
    };
    const written = seal(environment, state, before, tag, meta, value);
    wipe(stored);
    records.push(written.record);
    items.set(tagKey(tag), written.item);
  }
  return { items, records };
}

/** A rename is a new version under another path tag. */
export async function renameSecret(
  environment: OpenEnvironment,
  state: EnvironmentState,
  name: SecretName,
  to: SecretName,
  author: Author,
): Promise<EnvironmentEdit> {
  const { item, tag } = liveItem(environment, state, name);
  const newTag = pathTag(state.keys, to);
  if (state.items.has(tagKey(newTag))) throw exists(environment, to);
  const old = await environment.meta(recordRef(item, state.head.epoch), tag);
  const value = await currentValue(environment, state, item, tag);
  const by = { updated: author.now, author: author.name, valueSince: valueSinceOf(old) };
  const meta = { ...old, ...by, name: to, ...previousOf(item, old, state) };
  const written = seal(environment, state, item, newTag, meta, value);
  wipe(value);
  const items = new Map(state.items);
  items.delete(tagKey(tag));
  items.set(tagKey(newTag), written.item);
  return { items, records: [written.record] };
}

/** Sets or lifts the tombstone; the record stays as it is. */
export function markDeleted(
  environment: OpenEnvironment,
  state: EnvironmentState,
  name: SecretName,
  deleted: boolean,
): EnvironmentEdit {
  const tag = pathTag(state.keys, name);
  const item = state.items.get(tagKey(tag));
  if (item === undefined || item.tombstone === deleted) {
    if (deleted || item === undefined) throw notFound(environment, name);
    throw exists(environment, name);
  }
  return { items: new Map(state.items).set(tagKey(tag), { ...item, tombstone: deleted }), records: [] };
}

/**
 * Seals every secret, and the settings, again in the next epoch, whose key the account already holds. Versions stay as
 * they are; `mark` may change what is noted of a value.
 */
export async function turnEpoch(
  environment: OpenEnvironment,
  state: EnvironmentState,
  mark: (meta: SecretMeta) => SecretMeta = (meta) => meta,
): Promise<EnvironmentEdit> {
  const epoch = state.head.epoch + 1;
  const keys = environment.keysOf(epoch);
  const items = new Map<string, Item>();
  const records: NewRecord[] = [];
  for (const item of secretItems(state)) {
    const meta = await environment.meta(recordRef(item, state.head.epoch), item.pathTag);
    const value = await currentValue(environment, state, item, item.pathTag);
    const tag = pathTag(keys, meta.name);
    const ref = { item: item.item, version: item.version, epoch };
    const bytes = sealRecord(keys, environment.place(ref, tag), mark(meta), value);
    wipe(value);
    const hash = sha256(bytes);
    records.push({ ...ref, hash: hash.toString("hex"), bytes });
    items.set(tagKey(tag), { ...item, pathTag: tag, hash });
  }
  const settings = await resealSettings(environment, state, epoch);
  const rotations = await resealRotations(environment, state, epoch);
  for (const { item, record } of settings === undefined ? rotations : [settings, ...rotations]) {
    records.push(record);
    items.set(tagKey(item.pathTag), item);
  }
  return { items, records, epoch };
}

/** The value of an item's newest version, in a buffer that is the caller's to wipe. */
export async function currentValue(
  environment: OpenEnvironment,
  state: EnvironmentState,
  item: Item,
  tag: Uint8Array,
): Promise<Buffer> {
  const ref = recordRef(item, state.head.epoch);
  return openValue(state.keys, environment.place(ref, tag), await environment.record(ref));
}

export function liveItem(environment: OpenEnvironment, state: EnvironmentState, name: SecretName): LiveItem {
  const known = state.byName.get(name);
  if (known !== undefined) return known;
  const tag = pathTag(state.keys, name);
  const item = state.items.get(tagKey(tag));
  if (item === undefined || item.tombstone) throw notFound(environment, name);
  state.byName.set(name, { item, tag });
  return { item, tag };
}

/** A version and its metadata, found by following hashes back from the newest. */
export interface Version {
  readonly ref: RecordRef;
  readonly tag: Uint8Array;
  readonly meta: SecretMeta;
}

/**
 * All kept versions, newest first. The chain ends at the first version, where older ones were purged, or where they are
 * of an epoch from before this account was a member.
 */
export async function versionsOf(
  environment: OpenEnvironment,
  state: EnvironmentState,
  item: Item,
  kept: readonly RecordRef[],
): Promise<readonly Version[]> {
  const stored = new Set(kept.map((ref) => ref.hash));
  const versions: Version[] = [];
  let ref: RecordRef = recordRef(item, state.head.epoch);
  let tag = item.pathTag;
  for (;;) {
    const meta = await environment.meta(ref, tag);
    versions.push({ ref, tag, meta });
    if (meta.previous === undefined || !stored.has(meta.previous.hash)) return versions;
    if (!environment.hasKey(meta.previous.epoch)) return versions;
    const { name, version, epoch, hash } = meta.previous;
    ref = { item: item.item, version, epoch, hash };
    tag = pathTag(environment.keysOf(epoch), name);
  }
}

export function notFound(environment: OpenEnvironment, name: SecretName): VaultError {
  const context = formatContext(environment.context);
  return new VaultError("secret-not-found", `No secret named ${name} in ${context}. See "ov secret list ${context}".`);
}

function exists(environment: OpenEnvironment, name: SecretName): VaultError {
  const context = formatContext(environment.context);
  return new VaultError(
    "secret-exists",
    `${context} already holds ${name}, or keeps a deleted secret of that name. Use "ov secret update", "undelete" or "purge", or another name.`,
  );
}

function checkValue(name: SecretName, value: Uint8Array | undefined): asserts value is Uint8Array {
  if (value === undefined || value.length === 0) {
    throw new VaultError("value-invalid", `${name} needs a value of at least 1 byte. Nothing was written.`);
  }
  if (value.length > MAX_VALUE_BYTES) {
    throw new VaultError(
      "value-invalid",
      `The value of ${name} has ${value.length} bytes; ${MAX_VALUE_BYTES} is the most. Nothing was written. Keep a large file elsewhere, encrypted, and its key here.`,
    );
  }
}

function mergeMeta(
  draft: SecretDraft,
  old: SecretMeta | undefined,
): Pick<SecretMeta, "name" | "description" | "tags" | "rotateAfterDays"> {
  const days = draft.rotateAfterDays === undefined ? old?.rotateAfterDays : (draft.rotateAfterDays ?? undefined);
  return {
    name: draft.name,
    description: draft.description ?? old?.description ?? "",
    tags: draft.tags ?? old?.tags ?? [],
    ...(days === undefined ? {} : { rotateAfterDays: days }),
  };
}

function exposedOf(exposed: Exposure | undefined): Pick<SecretMeta, "exposed"> {
  return exposed === undefined ? {} : { exposed };
}

/** What a new version says of the one before. */
export function previousOf(
  item: Item | undefined,
  meta: SecretMeta | undefined,
  state: EnvironmentState,
): Pick<SecretMeta, "previous"> {
  if (item === undefined || meta === undefined) return {};
  const hash = Buffer.from(item.hash).toString("hex");
  return { previous: { name: meta.name, version: item.version, epoch: state.head.epoch, hash } };
}

/** The next version of an item, or the first. */
export function seal(
  environment: OpenEnvironment,
  state: EnvironmentState,
  before: Item | undefined,
  tag: Uint8Array,
  meta: SecretMeta,
  value: Uint8Array,
): { readonly item: Item; readonly record: NewRecord } {
  const ref = { item: before?.item ?? newId(), version: (before?.version ?? 0) + 1, epoch: state.head.epoch };
  const bytes = sealRecord(state.keys, environment.place(ref, tag), meta, value);
  const hash = sha256(bytes);
  return {
    item: { pathTag: tag, item: ref.item, version: ref.version, hash, tombstone: false },
    record: { ...ref, hash: hash.toString("hex"), bytes },
  };
}
