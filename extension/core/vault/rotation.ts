import { equal } from "../crypto/hash.ts";
import { wipe } from "../crypto/wipe.ts";
import type { RotationInfo, RotationPlace, RotationStep } from "../run/rotation/rotation-step.ts";
import { VaultError } from "../vault-error.ts";
import { type Context, formatContext, parseContext, type SecretName } from "./context.ts";
import { type Item, tagKey } from "./manifest-items.ts";
import {
  openRotationValues,
  type RotationNote,
  type RotationPhase,
  type RotationValues,
  sealRotation,
} from "./rotation-item.ts";
import { findRotation, infoOf, requirePhase, rotationsUnderWay, valuesOf } from "./rotation-lookup.ts";
import { currentValue, liveItem } from "./secret-edits.ts";
import type { Session } from "./session.ts";
import { swapValue } from "./swap-value.ts";

/** See `RotationStep`. Of the environments, those with the value of the first one belong to the rotation. */
export async function beginRotation(
  session: Session,
  { id, name, contexts, provider }: Omit<Extract<RotationStep, { kind: "begin" }>, "kind" | "password">,
): Promise<RotationInfo> {
  await refuseSecond(session, name, contexts);
  const held: { readonly context: Context; readonly value: Buffer }[] = [];
  try {
    for (const context of contexts) held.push({ context, value: await presentValue(session, context, name) });
    const old = held[0]!.value;
    const same = held.filter(({ value }) => equal(value, old)).map(({ context }) => context);
    const home = same[0]!;
    const note: RotationNote = {
      ...{ id, name, contexts: same.map(formatContext), phase: "making", began: session.deps.now() },
      ...(provider === undefined ? {} : { provider }),
    };
    const environment = await session.environment(home);
    await environment.change(async (state) => {
      const sealed = sealRotation(environment, state, undefined, note, { old, next: undefined });
      return { items: new Map(state.items).set(tagKey(sealed.item.pathTag), sealed.item), records: [sealed.record] };
    });
    await audit(session, home, name, "begun");
    return infoOf(home, note);
  } finally {
    wipe(...held.map(({ value }) => value));
  }
}

/** Seals the new value beside the old one: from here on it is not lost. */
export async function keepNewValue(session: Session, place: RotationPlace, value: Uint8Array): Promise<RotationInfo> {
  return changePhase(session, place, "made", ["making"], ({ old }) => {
    if (value.length === 0 || equal(old, value)) {
      throw new VaultError("value-invalid", "A rotation needs a value that is another one. Nothing was stored.");
    }
    return { old, next: Buffer.from(value.buffer, value.byteOffset, value.byteLength) };
  });
}

/**
 * Gives the new value to every environment, to the rotation's own last and in the same write as the phase. So one that
 * was cut off anywhere is done again from its beginning, and finds what it has done.
 */
export async function storeNewValue(session: Session, place: RotationPlace): Promise<RotationInfo> {
  const { note, values } = await valuesOf(session, place);
  try {
    requirePhase(note, ["made", "stored"]);
    const swap = { name: note.name, from: values.old, to: values.next! };
    for (const context of note.contexts.map(parseContext)) {
      if (formatContext(context) !== formatContext(place.home)) await swapValue(session, context, swap);
    }
    const stored: RotationNote = { ...note, phase: "stored" };
    await swapValue(session, place.home, swap, async (environment, state, { items, records }) => {
      const { item } = await findRotation(environment, state, place.id);
      const sealed = sealRotation(environment, state, item, stored, values);
      return {
        items: new Map(items).set(tagKey(sealed.item.pathTag), sealed.item),
        records: [...records, sealed.record],
      };
    });
    await audit(session, place.home, note.name, `stored: ${note.contexts.join(", ")}`);
    return infoOf(place.home, stored);
  } finally {
    wipe(values.old, values.next);
  }
}

/** After the new value is everywhere, the old one may be revoked already: then there is no way back, but on. */
export async function discardNewValue(session: Session, place: RotationPlace): Promise<RotationInfo> {
  const info = await changePhase(session, place, "discarding", ["making", "made", "discarding"], (values) => values);
  const { note, values } = await valuesOf(session, place);
  try {
    if (values.next === undefined) return info;
    const back = { name: note.name, from: values.next, to: values.old };
    for (const context of info.contexts) await swapValue(session, context, { ...back, orLeave: true });
    return info;
  } finally {
    wipe(values.old, values.next);
  }
}

/** Destroys the rotation's record, and both values in it. */
export async function endRotation(session: Session, place: RotationPlace): Promise<void> {
  const environment = await session.environment(place.home);
  let ended: { readonly item: Item; readonly note: RotationNote } | undefined;
  await environment.change(async (state) => {
    ended = await findRotation(environment, state, place.id);
    requirePhase(ended.note, ["stored", "discarding"]);
    const items = new Map(state.items);
    items.delete(tagKey(ended.item.pathTag));
    return { items, records: [] };
  });
  const { item, note } = ended!; // change() ran the edit, which sets it or throws
  const { store } = session.deps;
  await store.deleteRecords(environment.entry.id, await store.listRecords(environment.entry.id, item.item));
  await audit(session, place.home, note.name, note.phase === "stored" ? "ended" : "given up");
}

async function changePhase(
  session: Session,
  { home, id }: RotationPlace,
  phase: RotationPhase,
  from: readonly RotationPhase[],
  edit: (values: RotationValues) => RotationValues,
): Promise<RotationInfo> {
  const environment = await session.environment(home);
  let changed: RotationNote | undefined;
  await environment.change(async (state) => {
    const { item, note } = await findRotation(environment, state, id);
    requirePhase(note, from);
    const values = await openRotationValues(environment, state, item);
    try {
      changed = { ...note, phase };
      const sealed = sealRotation(environment, state, item, changed, edit(values));
      return { items: new Map(state.items).set(tagKey(sealed.item.pathTag), sealed.item), records: [sealed.record] };
    } finally {
      wipe(values.old, values.next);
    }
  });
  return infoOf(home, changed!); // likewise
}

async function refuseSecond(session: Session, name: SecretName, contexts: readonly Context[]): Promise<void> {
  const wanted = new Set(contexts.map(formatContext));
  for (const other of await rotationsUnderWay(session)) {
    const met = other.contexts.map(formatContext).find((context) => wanted.has(context));
    if (other.name !== name || met === undefined) continue;
    throw new VaultError(
      "vault-conflict",
      `A rotation of ${met}/${name} is under way. Go on with it by "ov secret rotate --resume", or give it up by --abort.`,
    );
  }
}

async function presentValue(session: Session, context: Context, name: SecretName): Promise<Buffer> {
  const environment = await session.environment(context);
  const state = await environment.load();
  const { item, tag } = liveItem(environment, state, name);
  return currentValue(environment, state, item, tag);
}

function audit(session: Session, home: Context, name: SecretName, outcome: string): Promise<void> {
  return session.audit({ actor: "owner", action: "rotate", names: [name], outcome }, home);
}
