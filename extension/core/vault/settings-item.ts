import { hmacSha256, sha256 } from "../crypto/hash.ts";
import { pae } from "../crypto/pae.ts";
import { newId } from "../crypto/random.ts";
import { wipe } from "../crypto/wipe.ts";
import type { NewRecord } from "../store/store.ts";
import type { EnvironmentKeys } from "./environment-keys.ts";
import { type Item, tagKey } from "./manifest-items.ts";
import { type EnvironmentState, type OpenEnvironment, recordRef } from "./open-environment.ts";
import { openValue, sealParts } from "./record.ts";
import { rotationItems } from "./rotation-item.ts";

/** An environment's settings are one item. It can't meet a secret's tag: its label is another. */
export function settingsTag({ index, names }: EnvironmentKeys): Buffer {
  return hmacSha256(index, pae("ov1/settings", names.app, names.environment));
}

export function settingsItem({ items, keys }: EnvironmentState): Item | undefined {
  return items.get(tagKey(settingsTag(keys)));
}

/** Every item that is a secret, deleted ones included. What lists, counts or names secrets goes through here. */
export function secretItems(state: EnvironmentState): readonly Item[] {
  const others = new Set([settingsItem(state), ...rotationItems(state)]);
  return [...state.items.values()].filter((item) => !others.has(item));
}

export async function openSettings(environment: OpenEnvironment, state: EnvironmentState, item: Item): Promise<Buffer> {
  const ref = recordRef(item, state.head.epoch);
  return openValue(state.keys, environment.place(ref, item.pathTag), await environment.record(ref), "settings");
}

/** The settings' next version, or with `epoch` the same version under that epoch's key. */
export function sealSettings(
  environment: OpenEnvironment,
  state: EnvironmentState,
  content: Uint8Array,
  epoch?: number,
): { readonly item: Item; readonly record: NewRecord } {
  const keys = epoch === undefined ? state.keys : environment.keysOf(epoch);
  const before = settingsItem(state);
  const version = (before?.version ?? 0) + (epoch === undefined ? 1 : 0);
  const ref = { item: before?.item ?? newId(), version, epoch: epoch ?? state.head.epoch };
  const pathTag = settingsTag(keys);
  const bytes = sealParts(keys, environment.place(ref, pathTag), "settings", Buffer.from("{}"), content);
  const hash = sha256(bytes);
  return {
    item: { pathTag, item: ref.item, version, hash, tombstone: false },
    record: { ...ref, hash: hash.toString("hex"), bytes },
  };
}

/** The settings, if there are any, under the key of another epoch. */
export async function resealSettings(
  environment: OpenEnvironment,
  state: EnvironmentState,
  epoch: number,
): Promise<{ readonly item: Item; readonly record: NewRecord } | undefined> {
  const item = settingsItem(state);
  if (item === undefined) return undefined;
  const content = await openSettings(environment, state, item);
  try {
    return sealSettings(environment, state, content, epoch);
  } finally {
    wipe(content);
  }
}
