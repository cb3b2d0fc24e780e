import type { Named, NamedSecret } from "#core/import/name-secrets.ts";
import { type Context, formatContext, parseContext, requireContext } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import type { IncomingPlace } from "./incoming.ts";

/**
 * Which environment gets what. A file that names several places (folders, projects, vaults of the other program) is never
 * poured into one environment unasked: production would end up beside development. `here` is asked for only if needed.
 */
export async function placesFor(
  { secrets }: Named,
  mappings: readonly string[],
  here: () => Promise<Context>,
  withDescriptions: boolean,
): Promise<readonly IncomingPlace[]> {
  const groups = new Map<string, NamedSecret[]>();
  for (const secret of secrets) groups.set(secret.group ?? "", [...(groups.get(secret.group ?? "") ?? []), secret]);
  const targets = mappings.length > 0 ? await targetsOf(mappings, [...groups.keys()], here) : undefined;
  if (targets === undefined && groups.size > 1) throw severalPlaces([...groups.keys()]);
  const places: IncomingPlace[] = [];
  for (const [group, members] of groups) {
    const context = targets === undefined ? await here() : targets.get(group);
    if (context === undefined) continue;
    const drafts = members.map(({ name, value, from, description, tags }) => ({
      ...{ name, value, from },
      ...(withDescriptions && description !== undefined ? { description: description.slice(0, 1000) } : {}),
      ...(tags === undefined ? {} : { tags: tags.slice(0, 32).map((tag) => tag.slice(0, 64)) }),
    }));
    places.push({ context, drafts, ...(group === "" ? {} : { group }) });
  }
  refuseTwins(places);
  return places;
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

/** Two places of the file may go into one environment, but not two values to one name. */
function refuseTwins(places: readonly IncomingPlace[]): void {
  const seen = new Set<string>();
  for (const { context, drafts } of places) {
    for (const { name } of drafts) {
      const place = `${formatContext(context)}/${name}`;
      if (seen.has(place)) {
        throw new VaultError(
          "value-invalid",
          `Two places of the file would both write ${place}. Map them to different environments.`,
        );
      }
      seen.add(place);
    }
  }
}

function listed(groups: readonly string[]): string {
  return groups.map(quoted).join(", ");
}

function quoted(group: string): string {
  return JSON.stringify(group === "" ? NO_PLACE : group);
}

/** What a person writes for secrets that the file puts into no place. */
const NO_PLACE = ".";
