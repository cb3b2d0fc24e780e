import type { FilePlace } from "#core/import/incoming.ts";
import { type Context, parseContext, requireContext } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";

/**
 * Which environment gets what. A file that names several places (folders, projects, vaults of the other program) is never
 * poured into one environment unasked: production would end up beside development. `here` is asked for only if needed.
 */
export async function targetsFor(
  places: readonly FilePlace[],
  mappings: readonly string[],
  here: () => Promise<Context>,
): Promise<(place: FilePlace) => Context | undefined> {
  const groups = places.map(({ group = "" }) => group);
  if (mappings.length > 0) {
    const targets = await targetsOf(mappings, groups, here);
    return ({ group = "" }) => targets.get(group);
  }
  if (groups.length > 1) throw severalPlaces(groups);
  const context = groups.length === 0 ? undefined : await here();
  return () => context;
}

/** `PLACE=app/environment`, `PLACE=environment` of the app at hand, or `PLACE=-` to leave a place out. */
async function targetsOf(
  mappings: readonly string[],
  groups: readonly string[],
  here: () => Promise<Context>,
): Promise<ReadonlyMap<string, Context | undefined>> {
  const targets = new Map<string, Context | undefined>();
  for (const mapping of mappings) {
    const at = mapping.lastIndexOf("=");
    const [group, target] = [mapping.slice(0, at), mapping.slice(at + 1)];
    if (at < 1 || !groups.includes(group === NO_PLACE ? "" : group)) {
      throw new VaultError(
        "argument-invalid",
        `--map takes PLACE=app/environment, with a place of the file: ${listed(groups)}.`,
      );
    }
    const app = target === "-" || target.includes("/") ? undefined : (await here()).app;
    const context = target === "-" ? undefined : app === undefined ? parseContext(target) : requireContext(app, target);
    targets.set(group === NO_PLACE ? "" : group, context);
  }
  const missing = groups.filter((group) => !targets.has(group));
  if (missing.length > 0) {
    throw new VaultError(
      "argument-invalid",
      `--map says nothing of ${listed(missing)}. Add each, or PLACE=- to leave it out.`,
    );
  }
  return targets;
}

function severalPlaces(groups: readonly string[]): VaultError {
  const example = groups.map((group) => `--map ${quoted(group)}=app/environment`).join(" ");
  return new VaultError(
    "context-missing",
    `The file holds several places: ${listed(groups)}. Nothing was imported. Say where each goes, "-" to leave it out: ${example}`,
  );
}

function listed(groups: readonly string[]): string {
  return groups.map(quoted).join(", ");
}

function quoted(group: string): string {
  return JSON.stringify(group === "" ? NO_PLACE : group);
}

/** What a person writes for secrets that the file puts into no place. */
const NO_PLACE = ".";
