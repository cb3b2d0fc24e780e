import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { wipe } from "#core/crypto/wipe.ts";
import { wipeExported } from "#core/export/read-for-export.ts";
import { openExport } from "#core/export/sealed-export.ts";
import { formatContext, parseContext } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import { realFile } from "#mcp/device/env-file.ts";
import { askPassphrase } from "../ask-master-password.ts";
import type { Cli } from "../cli.ts";
import type { ImportOptions } from "./import-secrets.ts";
import type { IncomingPlace } from "./incoming.ts";
import { storeIncoming } from "./store-incoming.ts";

/** What `ov export --passphrase` wrote: all of it is opened and checked before anything is stored. */
export async function importSealed(cli: Cli, file: string, options: ImportOptions): Promise<void> {
  const path = realFile(file, MAX_BYTES);
  const passphrase = await askPassphrase(cli.env, "Passphrase of the export:");
  const environments = await openExport(readFileSync(path), passphrase).finally(() => wipe(passphrase));
  try {
    const targets = targetsOf(
      options.map ?? [],
      environments.map(({ context }) => formatContext(context)),
    );
    const places = environments.flatMap(({ context, secrets }): readonly IncomingPlace[] => {
      const own = formatContext(context);
      const target = targets.get(own) ?? own;
      if (target === "-") return [];
      const drafts = secrets.map((secret) => ({ ...secret, from: secret.name }));
      return [{ context: parseContext(target), drafts, ...(target === own ? {} : { group: own }) }];
    });
    await storeIncoming(cli, basename(path), { places, left: [], notes: [] }, options.yes === true);
  } finally {
    wipeExported(environments);
  }
}

/** Environments that no --map names keep their own name. */
function targetsOf(mappings: readonly string[], own: readonly string[]): ReadonlyMap<string, string> {
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
  return targets;
}

const MAX_BYTES = 1024 ** 3;
