import { basename } from "node:path";
import { wipe } from "#core/crypto/wipe.ts";
import { wipeExported } from "#core/export/read-for-export.ts";
import { openExport } from "#core/export/sealed-export.ts";
import { type FilePlace, placesOfExport, sendPlaces } from "#core/import/incoming.ts";
import { type Context, parseContext } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import { readSealedFile } from "#mcp/device/import-file.ts";
import { askPassphrase } from "../ask-master-password.ts";
import type { Cli } from "../cli.ts";
import type { ImportOptions } from "./import-secrets.ts";
import { storeIncoming } from "./store-incoming.ts";

/** What `ov export --passphrase` wrote: all of it is opened and checked before anything is stored. */
export async function importSealed(cli: Cli, file: string, options: ImportOptions): Promise<void> {
  const sealed = readSealedFile(file);
  const passphrase = await askPassphrase(cli.env, "Passphrase of the export:");
  const environments = await openExport(sealed, passphrase).finally(() => wipe(passphrase));
  try {
    const inFile = placesOfExport(environments);
    const places = sendPlaces(inFile, targetsOf(options.map ?? [], inFile));
    await storeIncoming(cli, basename(file), { places, left: [], notes: [] }, options.yes === true);
  } finally {
    wipeExported(environments);
  }
}

/** Environments that no --map names keep their own name. */
function targetsOf(
  mappings: readonly string[],
  places: readonly FilePlace[],
): (place: FilePlace) => Context | undefined {
  const own = places.map(({ group }) => group!); // each is an environment
  const targets = new Map<string, string>();
  for (const mapping of mappings) {
    const [place, target] = mapping.split("=");
    if (place === undefined || target === undefined || !own.includes(place)) {
      throw new VaultError(
        "argument-invalid",
        `--map takes app/environment=app/environment, with one of the export: ${own.join(", ")}.`,
      );
    }
    targets.set(place, target);
  }
  return ({ group }) => {
    const target = targets.get(group!) ?? group!;
    return target === "-" ? undefined : parseContext(target);
  };
}
