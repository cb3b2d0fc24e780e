import { isUtf8 } from "node:buffer";
import { asAllowedHost, formatAllowedHost } from "../run/placeholder/allowed-host.ts";
import { DEFAULT_PLACES } from "../run/placeholder/place.ts";
import { formatPlace, requireAllowedHosts, requirePlaces, withoutHost } from "../run/placeholder/require-rule.ts";
import type { SecretDraft } from "../run/vault-access.ts";
import { VaultError } from "../vault-error.ts";
import type { SecretMeta } from "./secret-meta.ts";

/** Who may get a value: the hosts that it is meant for, and in placeholder mode the places of a request. */
export type Guard = Pick<SecretMeta, "allowedHosts" | "placeholder">;

/**
 * The guard that a draft leaves. `old` is that of the version before, also of a deleted one: to delete a secret, make it
 * again without a guard and roll its value back is what somebody would do who wants to get around it.
 */
export function guardOf(draft: SecretDraft, old: Guard | undefined): Guard {
  const { name } = draft;
  const allowedHosts =
    draft.allowedHosts === undefined
      ? (old?.allowedHosts ?? [])
      : unique(requireAllowedHosts(name, draft.allowedHosts).map(formatAllowedHost));
  const placeholder = placesOf(draft, old);
  if (placeholder === undefined) return { allowedHosts };
  if (allowedHosts.length === 0) throw withoutHost(name);
  requireAllowedHosts(name, allowedHosts); // those of an older version were not checked when they were written
  return { allowedHosts, placeholder };
}

/** Who gets the value that didn't before, in words; undefined = nobody. */
export function wideningOf(now: Guard, old: Guard | undefined): string | undefined {
  const { placeholder: places } = now;
  const before = old?.allowedHosts.map(canonical) ?? [];
  const hosts = now.allowedHosts.map(canonical).filter((host) => !before.includes(host));
  const added = places?.filter((place) => old?.placeholder?.includes(place) === false) ?? [];
  const parts = [
    ...(hosts.length === 0 ? [] : [`may go to ${hosts.join(", ")}`]),
    ...(added.length === 0 ? [] : [`may stand in ${added.join(", ")}`]),
    ...(old?.placeholder !== undefined && places === undefined ? ["is given to programs itself"] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(", and ");
}

/** Refuses what would hand a value to more hosts or programs, where nobody has proved to be its owner. */
export function refuseWidening(draft: SecretDraft, now: Guard, old: Guard | undefined): void {
  const widening = wideningOf(now, old);
  if (widening === undefined) return;
  throw new VaultError(
    "person-required",
    `With this, ${draft.name} ${widening}. That takes the master password: a person does it in a terminal, by "ov secret create" or "update".`,
  );
}

/** A value that could never be put into a request is refused when it is written, and not when it is used. */
export function refuseUnplaceable({ name }: SecretDraft, { placeholder }: Guard, value: Uint8Array): void {
  if (placeholder === undefined || isUtf8(value)) return;
  throw new VaultError(
    "value-invalid",
    `The value of ${name} is not UTF-8 text, so in placeholder mode it can't stand in a request. Store it as base64, or without placeholder mode.`,
  );
}

function placesOf({ name, placeholder }: SecretDraft, old: Guard | undefined): readonly string[] | undefined {
  if (placeholder === null) return undefined;
  if (placeholder === undefined) return old?.placeholder;
  if (placeholder.length === 0) return old?.placeholder ?? DEFAULT_PLACES;
  return unique(requirePlaces(name, placeholder).map(formatPlace));
}

function canonical(text: string): string {
  const host = asAllowedHost(text);
  return host === undefined ? text : formatAllowedHost(host);
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
