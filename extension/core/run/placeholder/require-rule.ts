import { VaultError } from "../../vault-error.ts";
import { type AllowedHost, asAllowedHost } from "./allowed-host.ts";
import { asPlace, type Place } from "./place.ts";

/** Refuses with `argument-invalid` what is no host, and says what one looks like. `name` is whose hosts they are. */
export function requireAllowedHosts(name: string, texts: readonly string[]): readonly AllowedHost[] {
  return texts.map((text) => {
    const host = asAllowedHost(text);
    if (host !== undefined) return host;
    throw new VaultError(
      "argument-invalid",
      `${shown(text)} can't be an allowed host of ${name}. Use one like api.example.com, *.example.com or localhost:8443.`,
    );
  });
}

/** Refuses with `argument-invalid` what is no place, and says what one looks like. */
export function requirePlaces(name: string, texts: readonly string[]): readonly Place[] {
  return texts.map((text) => {
    const place = asPlace(text);
    if (place !== undefined) return place;
    throw new VaultError(
      "argument-invalid",
      `${shown(text)} can't be a place for ${name} in a request. Use one like header:authorization, query:api_key or body:auth.token; headers that steer the request itself, such as Host, hold no value.`,
    );
  });
}

/** The text of a place, in canonical form. */
export function formatPlace({ kind, name }: Place): string {
  return `${kind}:${name}`;
}

export function withoutHost(name: string): VaultError {
  return new VaultError(
    "argument-invalid",
    `${name} can't be in placeholder mode without an allowed host: its value would go nowhere. Name one, as in "ov secret update ${name} --placeholder --allow-host api.example.com".`,
  );
}

function shown(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
