import { type HeldSecret, mayStandIn, type PlaceholderUse, textOf } from "./held-secret.ts";
import type { Place } from "./place.ts";

/** A place of one request: what kind, its name, and how to say where it was. */
export interface Spot {
  readonly kind: Place["kind"];
  /** undefined = a place that no secret may stand in, such as a parameter's name. */
  readonly name: string | undefined;
  readonly where: string;
}

/** `text` with the values of the secrets that may stand in this place. The others' placeholders stay, and are noted. */
export function fill(
  text: string,
  spot: Spot,
  secrets: readonly HeldSecret[],
  use: PlaceholderUse,
  as: (value: string) => string = (value) => value,
): string {
  const present = secrets.filter((secret) => text.includes(secret.placeholder));
  const allowed = new Map<string, HeldSecret>();
  for (const secret of present) {
    if (spot.name !== undefined && mayStandIn(secret, spot.kind, spot.name)) allowed.set(secret.placeholder, secret);
    else use.remark(`${secret.name} stood in ${spot.where}, where it isn't allowed`);
  }
  if (allowed.size === 0) return text;
  for (const secret of allowed.values()) use.used(secret);
  // All in one pass: a value that holds another placeholder's text is not filled again.
  const any = new RegExp([...allowed.keys()].map((placeholder) => placeholder.replace(/[.-]/g, "\\$&")).join("|"), "g");
  return text.replace(any, (placeholder) => as(textOf(allowed.get(placeholder)!)));
}
