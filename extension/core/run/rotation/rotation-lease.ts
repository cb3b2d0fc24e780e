import { wipe } from "../../crypto/wipe.ts";
import { type Context, formatContext, type SecretName } from "../../vault/context.ts";
import { valuesOf } from "../../vault/rotation-lookup.ts";
import type { Session } from "../../vault/session.ts";
import { VaultError } from "../../vault-error.ts";
import type { LeasedSecret, PlaceholderRule } from "../vault-access.ts";
import type { RotationPlace } from "./rotation-step.ts";

/** No secret can have these names. */
export const OLD_VALUE = "OV_OLD_VALUE";
export const NEW_VALUE = "OV_NEW_VALUE";

/**
 * The values of a rotation, for the program that revokes one of them. Where the secret itself is given as a placeholder
 * only, they are too.
 */
export async function rotationSecrets(
  session: Session,
  place: RotationPlace | undefined,
  context: Context,
  secrets: readonly LeasedSecret[],
): Promise<readonly LeasedSecret[]> {
  if (place === undefined) return [];
  const { note, values } = await valuesOf(session, place);
  const secret = secrets.find(({ name }) => name === note.name);
  // What was approved is the use of this secret, so nothing else of the vault may come by a rotation.
  if (secret === undefined || formatContext(place.home) !== formatContext(context)) {
    wipe(values.old, values.next, ...secrets.map(({ value }) => value));
    throw new VaultError("argument-invalid", `The values of a rotation go with its secret, ${note.name}. Name it too.`);
  }
  const { placeholder } = secret;
  const old = leased(OLD_VALUE, values.old, placeholder);
  return values.next === undefined ? [old] : [old, leased(NEW_VALUE, values.next, placeholder)];
}

function leased(name: string, value: Uint8Array, placeholder: PlaceholderRule | undefined): LeasedSecret {
  // Not a secret's name on purpose: it can't stand for one.
  return { name: name as SecretName, value, ...(placeholder === undefined ? {} : { placeholder }) };
}
