import { hmacSha256 } from "../crypto/hash.ts";
import { randomBuffer } from "../crypto/random.ts";
import { wipe } from "../crypto/wipe.ts";
import { inBatches } from "./batches.ts";
import { type Context, formatContext, type SecretName } from "./context.ts";
import { recordRef } from "./open-environment.ts";
import { currentValue } from "./secret-edits.ts";
import type { Session } from "./session.ts";
import { secretItems } from "./settings-item.ts";

/** One name in the environments that hold it. */
export interface ComparedSecret {
  readonly name: SecretName;
  readonly places: readonly ComparedPlace[];
}

export interface ComparedPlace {
  readonly context: Context;
  readonly version: number;
  /** Equal numbers = equal values, among the places of this name. Decoys are not looked at, and have none. */
  readonly group?: number;
}

/**
 * Which values of the same name are equal, by name. Values are compared by HMAC under a key that is made for this and
 * forgotten: nothing of them leaves, but their equality does. So the caller has asked for the master password.
 */
export async function compareValues(
  session: Session,
  contexts: readonly Context[],
  only?: SecretName,
): Promise<readonly ComparedSecret[]> {
  const key = randomBuffer(32);
  const places = new Map<SecretName, (Omit<ComparedPlace, "group"> & { readonly print: string | undefined })[]>();
  try {
    for (const context of contexts) {
      for (const { name, ...place } of await fingerprints(session, context, key, only)) {
        places.set(name, [...(places.get(name) ?? []), { context, ...place }]);
      }
    }
  } finally {
    wipe(key);
  }
  const compared = [...places].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const context of contexts) {
    const others = contexts.filter((other) => other !== context).map(formatContext);
    const held = compared.filter(([, all]) => all.some((place) => place.context === context));
    const names = held.length > MAX_NAMES_TOLD ? [] : held.map(([name]) => name);
    const body = { actor: "owner", action: "compare", names, outcome: `ok: with ${others.join(", ")}` } as const;
    await session.audit(body, context);
  }
  return compared.map(([name, all]) => ({ name, places: grouped(all) }));
}

async function fingerprints(session: Session, context: Context, key: Buffer, only: SecretName | undefined) {
  const environment = await session.environment(context);
  const state = await environment.load();
  const live = secretItems(state).filter((item) => !item.tombstone);
  const found = await inBatches(live, async (item) => {
    const { name, canary } = await environment.meta(recordRef(item, state.head.epoch), item.pathTag);
    if (only !== undefined && name !== only) return undefined;
    if (canary) return { name, version: item.version, print: undefined };
    const value = await currentValue(environment, state, item, item.pathTag);
    const print = hmacSha256(key, value).toString("base64");
    wipe(value);
    return { name, version: item.version, print };
  });
  return found.filter((each) => each !== undefined);
}

/** Numbers from 1 on, in the order of the environments. */
function grouped(
  places: readonly (Omit<ComparedPlace, "group"> & { readonly print: string | undefined })[],
): readonly ComparedPlace[] {
  const groups: string[] = [];
  return places.map(({ context, version, print }) => {
    if (print === undefined) return { context, version };
    if (!groups.includes(print)) groups.push(print);
    return { context, version, group: groups.indexOf(print) + 1 };
  });
}

const MAX_NAMES_TOLD = 1000;
