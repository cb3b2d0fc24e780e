import { equal } from "../crypto/hash.ts";
import { wipe } from "../crypto/wipe.ts";
import type { NewRecord } from "../store/store.ts";
import type { Context, SecretName } from "./context.ts";
import { pathTag } from "./environment-keys.ts";
import { type Item, tagKey } from "./manifest-items.ts";
import { type EnvironmentEdit, type EnvironmentState, type OpenEnvironment, recordRef } from "./open-environment.ts";
import { openValue } from "./record.ts";
import { type Author, currentValue, liveItem, previousOf, seal, type Version } from "./secret-edits.ts";
import { type Exposure, type SecretMeta, valueSinceOf } from "./secret-meta.ts";
import type { Session } from "./session.ts";

/**
 * Marks the values of these secrets as exposed, until other ones are written. A version of the metadata only: the age
 * of the value, and when the next one is due, stay. Names that are gone, or marked already, are left as they are.
 */
export async function markExposed(
  session: Session,
  context: Context,
  names: readonly SecretName[],
  why: string,
): Promise<readonly SecretName[]> {
  return changeExposure(session, context, names, { since: session.deps.now(), why });
}

/** Takes the marks off. Only for a person who has just given the master password. */
export async function clearExposed(session: Session, context: Context, name: SecretName): Promise<void> {
  const environment = await session.environment(context);
  liveItem(environment, await environment.load(), name);
  await changeExposure(session, context, [name], undefined);
}

/** What is known of a value that one of these versions has: since when it is there, and whether it was exposed. */
export async function marksOf(
  environment: OpenEnvironment,
  versions: readonly Version[],
  value: Uint8Array,
): Promise<Pick<SecretMeta, "valueSince" | "exposed">> {
  let marks: Pick<SecretMeta, "valueSince" | "exposed"> = {};
  for (const { ref, tag, meta } of versions) {
    const place = environment.place(ref, tag);
    const stored = openValue(environment.keysOf(ref.epoch), place, await environment.record(ref));
    const { exposed } = meta;
    if (equal(stored, value)) {
      marks = { valueSince: valueSinceOf(meta), ...marks, ...(exposed === undefined ? {} : { exposed }) };
    }
    wipe(stored);
  }
  return marks;
}

async function changeExposure(
  session: Session,
  context: Context,
  names: readonly SecretName[],
  exposed: Exposure | undefined,
): Promise<readonly SecretName[]> {
  const environment = await session.environment(context);
  const author = { name: await session.deps.device.deviceId(), now: session.deps.now() };
  // Looked at before the write, so that a mark that is there already costs no version.
  if ((await unlike(environment, await environment.load(), names, exposed)).length === 0) return [];
  let changed: readonly Unlike[] = [];
  await environment.change(async (state) => {
    changed = await unlike(environment, state, names, exposed);
    return remark(environment, state, changed, exposed, author);
  });
  const marked = changed.map(({ name }) => name);
  const outcome = exposed === undefined ? "cleared, with the master password" : `marked: ${exposed.why}`;
  await session.audit({ actor: "owner", action: "expose", names: marked, outcome }, context);
  return marked;
}

interface Unlike {
  readonly name: SecretName;
  readonly item: Item;
  readonly tag: Uint8Array;
  readonly meta: SecretMeta;
}

/** Those of the names that are there, and have no mark where there shall be one, or the reverse. */
async function unlike(
  environment: OpenEnvironment,
  state: EnvironmentState,
  names: readonly SecretName[],
  exposed: Exposure | undefined,
): Promise<readonly Unlike[]> {
  const found: Unlike[] = [];
  for (const name of new Set(names)) {
    const tag = pathTag(state.keys, name);
    const item = state.items.get(tagKey(tag));
    if (item === undefined || item.tombstone) continue;
    const meta = await environment.meta(recordRef(item, state.head.epoch), tag);
    if ((meta.exposed === undefined) !== (exposed === undefined)) found.push({ name, item, tag, meta });
  }
  return found;
}

async function remark(
  environment: OpenEnvironment,
  state: EnvironmentState,
  changed: readonly Unlike[],
  exposed: Exposure | undefined,
  author: Author,
): Promise<EnvironmentEdit> {
  const items = new Map(state.items);
  const records: NewRecord[] = [];
  for (const { item, tag, meta: old } of changed) {
    const { exposed: _, previous: __, ...rest } = old;
    const meta: SecretMeta = {
      ...rest,
      ...(exposed === undefined ? {} : { exposed }),
      valueSince: valueSinceOf(old),
      updated: author.now,
      author: author.name,
      ...previousOf(item, old, state),
    };
    const value = await currentValue(environment, state, item, tag);
    const written = seal(environment, state, item, tag, meta, value);
    wipe(value);
    records.push(written.record);
    items.set(tagKey(tag), written.item);
  }
  return { items, records };
}
