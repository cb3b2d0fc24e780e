import { sql } from "kysely";
import { LIMITS } from "../limits.ts";
import { Problem } from "../problem.ts";
import { type LockedAccount, lockAccount } from "./changes.ts";
import type { Dialect } from "./database.ts";
import { idTable } from "./id-table.ts";
import type { Tx } from "./schema.ts";

export interface Login {
  readonly salt: Uint8Array;
  readonly profile: number;
  /** Under the pepper already. */
  readonly verifier: Uint8Array;
  /** Of the recovery code; undefined = as before, and at first none. */
  readonly recovery: Uint8Array | undefined;
}

export interface NewAccount {
  readonly id: string;
  readonly object: Uint8Array;
  readonly signKey: Uint8Array;
  readonly fingerprint: string;
  readonly login: Login;
  readonly bodyHash: string;
  readonly time: number;
}

/** Whether an account may come in at all: by an open door, as the first one, or by what `invited` proves or refuses. */
export interface Door {
  readonly isOpen: boolean;
  readonly invited: ((tx: Tx) => Promise<void>) | undefined;
}

/** Creates an account with counter 1; false = it was created before, with the same body. Refuses a taken id. */
export async function createAccount(tx: Tx, account: NewAccount, { isOpen, invited }: Door): Promise<boolean> {
  const before = await tx
    .selectFrom("account_writes")
    .select("body_hash")
    .where("account", "=", account.id)
    .where("counter", "=", 1)
    .executeTakeFirst();
  if (before !== undefined && before.body_hash === account.bodyHash) return false;
  if (invited !== undefined) await invited(tx);
  else if (!isOpen) {
    // A row that only one can insert: two first accounts at once are one too many.
    const first = await tx
      .insertInto("server_state")
      .values({ name: "first_account", value: account.id })
      .onConflict((conflict) => conflict.column("name").doNothing())
      .returning("name")
      .execute();
    if (first.length === 0) throw new Problem("registration_closed");
  }
  if (before !== undefined) throw new Problem("conflict");
  const inserted = await tx
    .insertInto("accounts")
    .values({
      ...{ id: account.id, counter: 1, object: account.object, sign_key: account.signKey },
      ...{ fingerprint: account.fingerprint, ...loginColumns(account.login), created_at: account.time },
      ...{ revision: 0, forgotten_revision: 0, used_bytes: 0, log_seq: 0, log_hash: "0".repeat(64) },
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returning("id")
    .execute();
  if (inserted.length === 0) throw new Problem("conflict");
  const write = { account: account.id, counter: 1, write_id: account.id, body_hash: account.bodyHash };
  await tx.insertInto("account_writes").values(write).execute();
  return true;
}

/** The newest account object, or undefined when it is still the one with counter `have`. */
export async function readAccount(
  tx: Tx,
  account: string,
  have?: number,
): Promise<{ readonly counter: number; readonly object: Uint8Array } | undefined> {
  return tx
    .selectFrom("accounts")
    .select(["counter", "object"])
    .where("id", "=", account)
    .where("counter", "!=", have ?? 0)
    .executeTakeFirst();
}

export interface AccountWrite {
  readonly account: string;
  readonly expected: number;
  readonly object: Uint8Array;
  readonly writeId: string;
  readonly bodyHash: string;
  readonly login: Login | undefined;
  /** Called with what is replaced: refuses what can't follow it, or may not. */
  readonly check: (before: { readonly object: Uint8Array; readonly login: Login }) => void;
}

/** Compare-and-swap of the account object. `locked` is undefined when the same write was made before. */
export async function writeAccount(
  tx: Tx,
  write: AccountWrite,
): Promise<{ readonly counter: number; readonly locked: LockedAccount | undefined }> {
  const locked = await lockAccount(tx, write.account);
  const before = await tx
    .selectFrom("account_writes")
    .select(["counter", "body_hash"])
    .where("account", "=", write.account)
    .where("write_id", "=", write.writeId)
    .executeTakeFirst();
  if (before !== undefined) {
    if (before.body_hash !== write.bodyHash) throw new Problem("write_id_reused");
    return { counter: before.counter, locked: undefined };
  }
  const now = await tx
    .selectFrom("accounts")
    .innerJoin("account_writes", (join) =>
      join.onRef("account_writes.account", "=", "accounts.id").onRef("account_writes.counter", "=", "accounts.counter"),
    )
    .select(["accounts.counter", "accounts.object", "account_writes.write_id"])
    .where("accounts.id", "=", write.account)
    .executeTakeFirstOrThrow();
  if (now.counter !== write.expected) {
    throw new Problem("conflict", { conflict: { counter: now.counter, write_id: now.write_id } });
  }
  // The row is locked, so this login is the one of that object.
  write.check({ object: now.object, login: (await readLogin(tx, write.account))! });
  const counter = write.expected + 1;
  // The object before is not kept: it holds the key under an old password.
  await tx
    .updateTable("accounts")
    .set({ counter, object: write.object, ...(write.login && loginColumns(write.login)) })
    .where("id", "=", write.account)
    .execute();
  await tx
    .insertInto("account_writes")
    .values({ account: write.account, counter, write_id: write.writeId, body_hash: write.bodyHash })
    .execute();
  return { counter, locked };
}

export async function readLogin(tx: Tx, account: string): Promise<Login | undefined> {
  const row = await tx
    .selectFrom("accounts")
    .select(["login_salt", "login_profile", "login_verifier", "login_recovery"])
    .where("id", "=", account)
    .executeTakeFirst();
  return (
    row && {
      ...{ salt: row.login_salt, profile: row.login_profile, verifier: row.login_verifier },
      recovery: row.login_recovery ?? undefined,
    }
  );
}

/** The account objects whose public keys hash to these fingerprints (hex). */
export async function readObjects(
  tx: Tx,
  dialect: Dialect,
  fingerprints: readonly string[],
): Promise<readonly { readonly id: string; readonly object: Uint8Array }[]> {
  const found = await sql<{ id: string; object: Uint8Array }>`
    SELECT a.id, a.object FROM accounts a JOIN ${idTable(dialect, fingerprints)} ON a.fingerprint = w.value`.execute(
    tx,
  );
  return found.rows;
}

/** Who signs what the account writes. */
export async function readAuthor(
  tx: Tx,
  account: string,
): Promise<{ readonly signKey: Uint8Array; readonly fingerprint: string } | undefined> {
  const row = await tx
    .selectFrom("accounts")
    .select(["sign_key", "fingerprint"])
    .where("id", "=", account)
    .executeTakeFirst();
  return row && { signKey: row.sign_key, fingerprint: row.fingerprint };
}

/** Destroys an account and all that it owns. Manifests of others may name it on; nobody can be it again. */
export async function endAccount(tx: Tx, account: string): Promise<void> {
  const own = (table: "records" | "heads" | "grants" | "members" | "token_environments") =>
    tx
      .deleteFrom(table)
      .where("environment", "in", (eb) => eb.selectFrom("environments").select("id").where("account", "=", account));
  for (const table of ["records", "heads", "grants", "members", "token_environments"] as const)
    await own(table).execute();
  await tx
    .deleteFrom("token_environments")
    .where("token", "in", (eb) => eb.selectFrom("tokens").select("id").where("account", "=", account))
    .execute();
  await tx.deleteFrom("grants").where("holder", "=", account).execute();
  const tables = ["environments", "tokens", "invites", "members", "devices", "audit", "log", "account_writes"] as const;
  for (const table of [...tables, "login_failures"] as const)
    await tx.deleteFrom(table).where("account", "=", account).execute();
  await tx.deleteFrom("accounts").where("id", "=", account).execute();
  // The door that the first account closed is open again for the next first one.
  await tx.deleteFrom("server_state").where("name", "=", "first_account").where("value", "=", account).execute();
}

/** Refuses what would take more than the account may have. */
export function requireQuota(locked: LockedAccount, addedBytes: number, quota: number = LIMITS.quota): void {
  if (addedBytes > 0 && locked.usedBytes + addedBytes > quota) throw new Problem("quota_exceeded");
}

function loginColumns({ salt, profile, verifier, recovery }: Login) {
  const password = { login_salt: salt, login_profile: profile, login_verifier: verifier };
  return recovery === undefined ? password : { ...password, login_recovery: recovery };
}
