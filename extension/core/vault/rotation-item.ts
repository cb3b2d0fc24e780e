import { hmacSha256, sha256 } from "../crypto/hash.ts";
import { pae, u32 } from "../crypto/pae.ts";
import { newId } from "../crypto/random.ts";
import { unpooled, wipe } from "../crypto/wipe.ts";
import type { NewRecord } from "../store/store.ts";
import { VaultError } from "../vault-error.ts";
import type { SecretName } from "./context.ts";
import type { EnvironmentKeys } from "./environment-keys.ts";
import { type Item, tagKey } from "./manifest-items.ts";
import { type EnvironmentState, type OpenEnvironment, recordRef } from "./open-environment.ts";
import { openMetaBytes, openValue, sealParts } from "./record.ts";
import { Reader, Writer } from "./wire.ts";

/**
 * How far a rotation is. Each step is written before the next one begins, so that whoever comes after a crash knows
 * what may be valid at the source of the value:
 * making = a new value was asked for, and may exist; made = it is known, and no environment is sure to hold it;
 * stored = every environment holds it, and the old one may be revoked; discarding = the new one is given up.
 */
export type RotationPhase = "making" | "made" | "stored" | "discarding";

/** What a rotation under way says of itself, encrypted beside its values. */
export interface RotationNote {
  readonly id: string;
  readonly name: SecretName;
  /** `app/environment`, all with the same value until now. */
  readonly contexts: readonly string[];
  readonly phase: RotationPhase;
  /** ms since 1970 */
  readonly began: number;
  /** The program that makes and revokes values; left out where a generator or a person made the new one. */
  readonly provider?: RotationProvider;
}

export interface RotationProvider {
  readonly command: readonly string[];
  readonly cwd: string;
  /** Other secrets that it gets. */
  readonly secrets: readonly SecretName[];
}

export interface RotationValues {
  readonly old: Buffer;
  readonly next: Buffer | undefined;
}

/** At most so many rotations of one environment at a time. */
export const ROTATION_SLOTS = 8;

/** Every item that is a rotation under way. */
export function rotationItems({ items, keys }: EnvironmentState): readonly Item[] {
  const found: Item[] = [];
  for (let slot = 0; slot < ROTATION_SLOTS; slot++) {
    const item = items.get(tagKey(rotationTag(keys, slot)));
    if (item !== undefined) found.push(item);
  }
  return found;
}

export async function openNote(environment: OpenEnvironment, state: EnvironmentState, item: Item) {
  const ref = recordRef(item, state.head.epoch);
  const place = environment.place(ref, item.pathTag);
  const bytes = openMetaBytes(state.keys, place, await environment.record(ref), "rotation");
  return JSON.parse(bytes.toString("utf8")) as RotationNote; // authenticated, and written by sealRotation
}

/** Both values, in buffers that are the caller's to wipe. */
export async function openRotationValues(
  environment: OpenEnvironment,
  state: EnvironmentState,
  item: Item,
): Promise<RotationValues> {
  const ref = recordRef(item, state.head.epoch);
  const place = environment.place(ref, item.pathTag);
  const both = openValue(state.keys, place, await environment.record(ref), "rotation");
  try {
    const reader = new Reader(both, "A rotation's record");
    const old = unpooled(reader.sized());
    const next = unpooled(reader.sized());
    return { old, next: next.length === 0 ? undefined : next };
  } finally {
    wipe(both);
  }
}

/** The next version of a rotation's item, or with `before` undefined the first one, in a slot that is free. */
export function sealRotation(
  environment: OpenEnvironment,
  state: EnvironmentState,
  before: Item | undefined,
  note: RotationNote,
  values: RotationValues,
): { readonly item: Item; readonly record: NewRecord } {
  const tag = before?.pathTag ?? freeTag(state);
  const ref = { item: before?.item ?? newId(), version: (before?.version ?? 0) + 1, epoch: state.head.epoch };
  return sealAt(environment, state.keys, ref, tag, note, values);
}

/** All of them, under the key of another epoch. */
export async function resealRotations(
  environment: OpenEnvironment,
  state: EnvironmentState,
  epoch: number,
): Promise<readonly { readonly item: Item; readonly record: NewRecord }[]> {
  const keys = environment.keysOf(epoch);
  const sealed = [];
  for (let slot = 0; slot < ROTATION_SLOTS; slot++) {
    const item = state.items.get(tagKey(rotationTag(state.keys, slot)));
    if (item === undefined) continue;
    const note = await openNote(environment, state, item);
    const values = await openRotationValues(environment, state, item);
    const ref = { item: item.item, version: item.version, epoch };
    sealed.push(sealAt(environment, keys, ref, rotationTag(keys, slot), note, values));
    wipe(values.old, values.next);
  }
  return sealed;
}

/** Numbered places, so that finding them takes no name; no secret's tag can meet one, since the label is another. */
function rotationTag({ index, names }: EnvironmentKeys, slot: number): Buffer {
  return hmacSha256(index, pae("ov1/rotation", names.app, names.environment, u32(slot)));
}

function freeTag({ items, keys }: EnvironmentState): Buffer {
  for (let slot = 0; slot < ROTATION_SLOTS; slot++) {
    const tag = rotationTag(keys, slot);
    if (!items.has(tagKey(tag))) return tag;
  }
  throw new VaultError(
    "limit-exceeded",
    `${ROTATION_SLOTS} rotations of this environment have not ended. End them first with "ov secret rotate --resume".`,
  );
}

function sealAt(
  environment: OpenEnvironment,
  keys: EnvironmentKeys,
  ref: Parameters<OpenEnvironment["place"]>[0],
  pathTag: Uint8Array,
  note: RotationNote,
  { old, next }: RotationValues,
): { readonly item: Item; readonly record: NewRecord } {
  const both = new Writer()
    .sized(old)
    .sized(next ?? new Uint8Array())
    .finish();
  if (both.length > MAX_BOTH_BYTES) {
    wipe(both);
    throw new VaultError(
      "limit-exceeded",
      'The old and the new value together are too large for a rotation in steps. Give it its new value with "ov secret update".',
    );
  }
  const bytes = sealParts(keys, environment.place(ref, pathTag), "rotation", Buffer.from(JSON.stringify(note)), both);
  wipe(both);
  const hash = sha256(bytes);
  return {
    item: { pathTag, item: ref.item, version: ref.version, hash, tombstone: false },
    record: { ...ref, hash: hash.toString("hex"), bytes },
  };
}

/** Both values fit one record: padded, 64 KiB. */
const MAX_BOTH_BYTES = 65_532;
