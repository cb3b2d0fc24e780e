import type { RotationInfo, RotationPlace } from "../run/rotation/rotation-step.ts";
import { VaultError } from "../vault-error.ts";
import { type Context, parseContext } from "./context.ts";
import { everyEnvironment } from "./every-environment.ts";
import type { Item } from "./manifest-items.ts";
import type { EnvironmentState, OpenEnvironment } from "./open-environment.ts";
import {
  openNote,
  openRotationValues,
  type RotationNote,
  type RotationPhase,
  type RotationValues,
  rotationItems,
} from "./rotation-item.ts";
import type { Session } from "./session.ts";

/** Rotations that have not ended, of every environment, oldest first. */
export async function rotationsUnderWay(session: Session): Promise<readonly RotationInfo[]> {
  const found: RotationInfo[] = [];
  for (const { context, environment, state } of await everyEnvironment(session)) {
    if (state === undefined) continue;
    for (const item of rotationItems(state)) found.push(infoOf(context, await openNote(environment, state, item)));
  }
  return found.sort((a, b) => a.began - b.began);
}

/** Both values of a rotation, in buffers that are the caller's to wipe. */
export async function valuesOf(
  session: Session,
  { home, id }: RotationPlace,
): Promise<{ readonly note: RotationNote; readonly values: RotationValues }> {
  const environment = await session.environment(home);
  const state = await environment.load();
  const { item, note } = await findRotation(environment, state, id);
  return { note, values: await openRotationValues(environment, state, item) };
}

export async function findRotation(
  environment: OpenEnvironment,
  state: EnvironmentState,
  id: string,
): Promise<{ readonly item: Item; readonly note: RotationNote }> {
  for (const item of rotationItems(state)) {
    const note = await openNote(environment, state, item);
    if (note.id === id) return { item, note };
  }
  throw new VaultError("secret-not-found", 'That rotation has ended, or never was. See "ov status".');
}

export function requirePhase({ name, phase }: RotationNote, wanted: readonly RotationPhase[]): void {
  if (wanted.includes(phase)) return;
  const why =
    phase === "stored"
      ? "its new value is stored, and the old one may be revoked already"
      : phase === "discarding"
        ? "its new value was given up"
        : "it has no new value yet";
  throw new VaultError(
    "argument-invalid",
    `The rotation of ${name} can't do that: ${why}. Go on with it by "ov secret rotate --resume".`,
  );
}

export function infoOf(home: Context, { id, name, contexts, phase, began, provider }: RotationNote): RotationInfo {
  return {
    ...{ id, name, home, contexts: contexts.map(parseContext), phase, began },
    ...(provider === undefined ? {} : { provider }),
  };
}
