import type { Database } from "../storage/database.ts";
import { readServerSecrets, type ServerSecrets, serverSecrets } from "./secret-file.ts";
import { serverIdentity } from "./server-identity.ts";

/**
 * The secrets of the server that this database is of; made if it is of none yet. Refuses to be another server: clients
 * would stop, and nobody could log in, as logins and device secrets are stored under the pepper of before.
 */
export async function openSecrets(database: Database, keyFile: string): Promise<ServerSecrets> {
  const identity = await readIdentity(database);
  const isNew = identity === undefined && !(await hasAccounts(database));
  const secrets = (await readServerSecrets(keyFile)) ?? (isNew ? await serverSecrets(keyFile) : undefined);
  if (secrets === undefined) {
    throw new Error(`There is no key file ${keyFile}. Put back the copy that is kept, or name it by --key-file.`);
  }
  const own = serverIdentity(secrets.identitySeed).publicKey.toString("base64url");
  if ((identity ?? (await keepIdentity(database, own))) === own) return serverSecrets(keyFile);
  throw new Error(`The key file ${keyFile} is not the one of this database. Put back the one that belongs to it.`);
}

async function readIdentity(database: Database): Promise<string | undefined> {
  const row = await database.read((tx) =>
    tx.selectFrom("server_state").select("value").where("name", "=", IDENTITY).executeTakeFirst(),
  );
  return row?.value;
}

/** Two first starts at once: the identity of the one that was first. */
async function keepIdentity(database: Database, own: string): Promise<string> {
  await database.write(async (tx) => {
    await tx
      .insertInto("server_state")
      .values({ name: IDENTITY, value: own })
      .onConflict((conflict) => conflict.column("name").doNothing())
      .execute();
  });
  return (await readIdentity(database)) ?? own;
}

async function hasAccounts(database: Database): Promise<boolean> {
  const found = await database.read((tx) => tx.selectFrom("accounts").select("id").limit(1).execute());
  return found.length > 0;
}

const IDENTITY = "identity";
