import type { IncomingPlace } from "#core/import/incoming.ts";
import type { SecretInfo, VaultAccess } from "#core/run/vault-access.ts";
import { environmentExists } from "../secrets/write-secret.ts";

/** What the environment of each place holds already. */
export async function knownIn(
  access: VaultAccess,
  places: readonly IncomingPlace[],
): Promise<ReadonlyMap<IncomingPlace, readonly SecretInfo[]>> {
  const known = new Map<IncomingPlace, readonly SecretInfo[]>();
  for (const place of places) {
    const exists = await environmentExists(access, place.context);
    known.set(place, exists ? await access.list(place.context) : []);
  }
  return known;
}
