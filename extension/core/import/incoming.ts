import type { ExportedEnvironment } from "../export/exported-secret.ts";
import type { SecretDraft } from "../run/vault-access.ts";
import { type Context, formatContext } from "../vault/context.ts";
import { MAX_ITEMS } from "../vault/manifest-items.ts";
import { VaultError } from "../vault-error.ts";
import type { LeftOut } from "./found-secret.ts";
import type { Named, NamedSecret } from "./name-secrets.ts";

/** A place of a file: a folder, project or vault of another program, or an environment of an export of ours. */
export interface FilePlace {
  /** What the file calls it; left out for what it puts into no place. */
  readonly group?: string;
  readonly drafts: readonly IncomingSecret[];
}

/** A place of a file, and where it goes. */
export interface IncomingPlace extends FilePlace {
  readonly context: Context;
}

export interface IncomingSecret extends SecretDraft {
  readonly value: Uint8Array;
  /** Its name in the file. */
  readonly from: string;
}

/** What an import would write, place by place. */
export interface Incoming {
  readonly places: readonly IncomingPlace[];
  readonly left: readonly LeftOut[];
  readonly notes: readonly string[];
}

/** The places of another program's file. Its comments are taken only `withDescriptions`: agents can read those. */
export function placesOf({ secrets }: Named, withDescriptions: boolean): readonly FilePlace[] {
  const groups = new Map<string | undefined, NamedSecret[]>();
  for (const secret of secrets) {
    const members = groups.get(secret.group);
    if (members === undefined) groups.set(secret.group, [secret]);
    else members.push(secret);
  }
  return [...groups].map(([group, members]) => ({
    ...(group === undefined ? {} : { group }),
    drafts: members.map(({ name, value, from, description, tags }) => ({
      ...{ name, value, from },
      ...(withDescriptions && description !== undefined ? { description: description.slice(0, 1000) } : {}),
      ...(tags === undefined ? {} : { tags: tags.slice(0, 32).map((tag) => tag.slice(0, 64)) }),
    })),
  }));
}

/** The places of an export of ours are its environments, each with all that its secrets are. */
export function placesOfExport(environments: readonly ExportedEnvironment[]): readonly FilePlace[] {
  return environments.map(({ context, secrets }) => ({
    group: formatContext(context),
    drafts: secrets.map((secret) => ({ ...secret, from: secret.name })),
  }));
}

/**
 * Sends each place where `targetOf` says, or nowhere (undefined). Two places may go into one environment, but not two
 * values to one name; and no environment gets more than it can hold.
 */
export function sendPlaces(
  places: readonly FilePlace[],
  targetOf: (place: FilePlace) => Context | undefined,
): readonly IncomingPlace[] {
  const sent = places.flatMap((place): readonly IncomingPlace[] => {
    const context = targetOf(place);
    return context === undefined || place.drafts.length === 0 ? [] : [{ ...place, context }];
  });
  refuseTwins(sent);
  for (const { context, drafts } of sent) {
    // Before ten thousands of secrets are shown, and sealed in vain.
    if (drafts.length > MAX_ITEMS) {
      throw new VaultError(
        "limit-exceeded",
        `${formatContext(context)} would get ${drafts.length} secrets, and ${MAX_ITEMS} is the most. Import it in parts.`,
      );
    }
  }
  return sent;
}

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
