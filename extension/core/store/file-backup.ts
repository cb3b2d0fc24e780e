import { VaultError } from "../vault-error.ts";
import { type AccountFiles, absent } from "./account-files.ts";
import { AuditFiles, auditDevices } from "./audit-files.ts";
import type { DurableFolder } from "./durable-folder.ts";
import { type EnvironmentFiles, environmentsIn } from "./environment-files.ts";
import type { StoredObject } from "./store.ts";

/**
 * The account, every environment as it was while the account did not change, and the audit chains. What is changed
 * or purged while it is read ends the backup with `vault-conflict`: a backup with a hole must not look like one.
 */
export async function* backupFiles(folder: DurableFolder, account: AccountFiles): AsyncIterable<StoredObject> {
  const listed = await listSteady(folder, account);
  yield { path: account.series.path(listed.counter), bytes: listed.bytes };

  for (const { environment, newest, heads, records } of listed.environments) {
    for (const counter of heads) {
      const head = await environment.heads.read(counter);
      if (counter === newest) {
        const items = head && (await environment.readItems(counter, head));
        if (items === undefined) throw changed(folder);
        yield { path: environment.itemsPath(counter, head!), bytes: items };
      }
      // An older one may have been pruned since.
      if (head !== undefined) yield { path: environment.heads.path(counter), bytes: head };
    }
    for (const name of records) {
      const bytes = await environment.records.find(name);
      if (bytes === undefined) throw changed(folder);
      yield { path: environment.records.path(name), bytes };
    }
  }

  for (const device of await auditDevices(folder)) yield* new AuditFiles(folder, device).backup();
}

interface Listed {
  readonly environment: EnvironmentFiles;
  readonly newest: number;
  readonly heads: readonly number[];
  readonly records: readonly string[];
}

/** Lists again until nothing changed while it listed. Each list then holds all that its newest head names. */
async function listSteady(folder: DurableFolder, account: AccountFiles) {
  for (let tries = 1; ; tries++) {
    const before = await account.read();
    if (before === undefined) throw absent(folder.root);
    const environments: Listed[] = [];
    for (const environment of await environmentsIn(folder)) {
      const listed = await listEnvironment(environment);
      if (listed !== undefined) environments.push(listed);
    }
    if ((await account.series.newest()) === before.counter) return { ...before, environments };
    if (tries === MAX_TRIES) throw changed(folder);
  }
}

/** undefined where there is no manifest yet: a commit that never took place. */
async function listEnvironment(environment: EnvironmentFiles): Promise<Listed | undefined> {
  for (;;) {
    const newest = await environment.heads.newest();
    if (newest === 0) return undefined;
    const records = await environment.records.names();
    const heads = (await environment.heads.counters()).filter((counter) => counter <= newest);
    // Else a record of it may have been purged before the listing.
    if ((await environment.heads.newest()) === newest) return { environment, newest, heads, records };
  }
}

function changed(folder: DurableFolder): VaultError {
  return new VaultError("vault-conflict", `Another program changed ${folder.root} during the backup. Try again.`);
}

const MAX_TRIES = 20;
