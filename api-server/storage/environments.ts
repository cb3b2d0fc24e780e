import { sql } from "kysely";
import type { Member } from "../formats/manifest-head.ts";
import { LIMITS } from "../limits.ts";
import { Problem } from "../problem.ts";
import type { Caller } from "../sealed/route.ts";
import { requireQuota } from "./accounts.ts";
import { type LockedAccount, lockAccount, lockAccountOnce } from "./changes.ts";
import type { Dialect } from "./database.ts";
import { keepGrants, type NewGrant, putGrants } from "./grants.ts";
import { findAccess, LEFT, setMembers, touchMembers } from "./members.ts";
import { recordInserts, type StoredRecord, totalSize } from "./records.ts";
import type { Tx } from "./schema.ts";
import type { SeenCall } from "./seen-calls.ts";
import { together } from "./together.ts";
import { keepTokens } from "./tokens.ts";

export interface Commit {
  /** Who writes: the owner of the environment, or a member of it. */
  readonly account: string;
  /** Whose `findWriter` said it is. */
  readonly owner: string;
  readonly environment: string;
  readonly expected: number;
  readonly head: Uint8Array;
  readonly items: Uint8Array;
  readonly records: readonly StoredRecord[];
  readonly writeId: string;
  readonly bodyHash: string;
  readonly call: SeenCall;
  /** ms since 1970. */
  readonly time: number;
  readonly grants: readonly NewGrant[];
  /** Called with the head before and the owner's fingerprint; refuses one that can't follow it. */
  readonly check: (before: Uint8Array | undefined, ownerFingerprint: string) => People | undefined;
  readonly quota?: number | undefined;
}

/** Whom a manifest names, if that is other than before. */
export interface People {
  readonly members: readonly Member[];
  readonly tokens: readonly string[];
}

export interface Committed {
  readonly counter: number;
  /** undefined = the same write was made before, and nothing changed now. */
  readonly locked: LockedAccount | undefined;
  readonly addedBytes: number;
}

/** The one way to write an environment: records, manifest and grants, by compare-and-swap on its counter. */
export async function commitEnvironment(tx: Tx, dialect: Dialect, commit: Commit): Promise<Committed> {
  const { owner } = commit;
  const locked = await lockAccountOnce(tx, dialect, owner, commit.call);
  const now = await readForCommit(tx, commit);
  // Somebody else's, or deleted: the same answer as for one that never was.
  if (now !== undefined && (now.account !== owner || now.deleted_at !== null)) throw new Problem("not_found");
  if (owner !== commit.account && (now?.role ?? LEFT) === LEFT) throw new Problem("not_found");
  if (now !== undefined && now.written_at !== null) {
    if (now.body_hash !== commit.bodyHash) throw new Problem("write_id_reused");
    return { counter: now.written_at, locked: undefined, addedBytes: 0 };
  }
  const counter = now?.counter ?? 0;
  if (counter !== commit.expected) throw await conflictAt(tx, commit.environment, counter);
  const people = commit.check(now?.head, locked.fingerprint);

  if (now === undefined) await claimEnvironment(tx, owner, commit.environment);
  const recordBytes = await writeManifest(tx, dialect, commit, locked.revision);
  if (people !== undefined) await setPeople(tx, dialect, commit, owner, people);
  await putGrants(tx, commit.environment, commit.grants);
  if (people !== undefined || now?.is_shared) await touchMembers(tx, commit.environment, commit.time);
  const addedBytes = recordBytes + commit.head.length + commit.items.length - (now?.items_bytes ?? 0);
  requireQuota(locked, addedBytes, commit.quota);
  return { counter: counter + 1, locked, addedBytes };
}

/** Of an environment whose counter is the expected one. Says how many bytes of records came to it. */
async function writeManifest(tx: Tx, dialect: Dialect, commit: Commit, revision: number): Promise<number> {
  const { environment, expected, head, items, writeId, bodyHash, records } = commit;
  const counter = expected + 1;
  const [first, ...others] = recordInserts(environment, counter, records);
  const [, , sizes = []] = await together(
    tx,
    dialect,
    sql<{ counter: number }>`
      UPDATE environments SET counter = ${counter}, head = ${head}, items = ${items}, revision = ${revision}
      WHERE id = ${environment} RETURNING counter`,
    sql<{ counter: number }>`
      INSERT INTO heads (environment, counter, head, write_id, body_hash)
      VALUES (${environment}, ${counter}, ${head}, ${writeId}, ${bodyHash}) RETURNING counter`,
    ...(first === undefined ? [] : [first]),
  );
  let added = totalSize(sizes);
  for (const insert of others) added += totalSize((await insert.execute(tx)).rows);
  return added;
}

async function setPeople(
  tx: Tx,
  dialect: Dialect,
  { environment, time }: Commit,
  owner: string,
  { members, tokens }: People,
): Promise<void> {
  await setMembers(tx, dialect, environment, owner, members, time);
  await keepTokens(tx, dialect, environment, tokens);
  await keepGrants(tx, dialect, environment, owner, tokens);
}

export interface EnvironmentRow {
  readonly counter: number;
  readonly head: Uint8Array;
  readonly items: Uint8Array;
}

/** The newest manifest; "unchanged" when it is still the one with counter `have`; undefined = none for this caller. */
export async function readEnvironment(
  tx: Tx,
  caller: Caller,
  environment: string,
  have?: number,
): Promise<EnvironmentRow | "unchanged" | undefined> {
  // One small read answers most calls: nothing changed.
  const counter = await readableCounter(tx, caller, environment);
  if (counter === undefined) return undefined;
  if (counter === have) return "unchanged";
  return tx
    .selectFrom("environments")
    .select(["counter", "head", "items"])
    .where("id", "=", environment)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
}

/** The counter of an environment that this caller may read and that is not deleted. */
export async function readableCounter(tx: Tx, caller: Caller, environment: string): Promise<number | undefined> {
  if (caller.token === undefined) return (await findAccess(tx, caller.account, environment))?.counter;
  if (!caller.token.environments.has(environment)) return undefined;
  const row = await tx
    .selectFrom("environments")
    .select("counter")
    .where("id", "=", environment)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row?.counter;
}

export async function readHead(tx: Tx, environment: string, counter: number): Promise<Uint8Array | undefined> {
  const row = await tx
    .selectFrom("heads")
    .select("head")
    .where("environment", "=", environment)
    .where("counter", "=", counter)
    .executeTakeFirst();
  return row?.head;
}

export async function listEnvironments(
  tx: Tx,
  account: string,
  after = "",
): Promise<readonly { readonly id: string; readonly counter: number; readonly deleted_at: number | null }[]> {
  return tx
    .selectFrom("environments")
    .select(["id", "counter", "deleted_at"])
    .where("account", "=", account)
    .where("id", ">", after)
    .orderBy("id")
    .limit(LIMITS.page + 1)
    .execute();
}

/** Marks an environment as deleted, or takes that back; undefined when there is none in the other state. */
export async function setDeleted(
  tx: Tx,
  account: string,
  environment: string,
  deletedAt: number | null,
  time: number,
): Promise<LockedAccount | undefined> {
  const locked = await lockAccount(tx, account);
  const changed = await tx
    .updateTable("environments")
    .set({ deleted_at: deletedAt, revision: locked.revision })
    .where("id", "=", environment)
    .where("account", "=", account)
    .where("deleted_at", deletedAt === null ? "is not" : "is", null)
    .where("counter", ">", 0)
    .returning("id")
    .execute();
  if (changed.length === 0) return undefined;
  await touchMembers(tx, environment, time);
  return locked;
}

/** An empty environment, for the first write. */
async function claimEnvironment(tx: Tx, account: string, id: string): Promise<void> {
  const { count } = await tx
    .selectFrom("environments")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("account", "=", account)
    .executeTakeFirstOrThrow();
  if (Number(count) >= LIMITS.environments) throw new Problem("quota_exceeded");
  const nothing = new Uint8Array(0);
  const added = await tx
    .insertInto("environments")
    .values({ id, account, counter: 0, head: nothing, items: nothing, revision: 0, deleted_at: null })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returning("id")
    .execute();
  // Another account made one with this id in the same moment.
  if (added.length === 0) throw new Problem("not_found");
}

interface ForCommit {
  readonly account: string;
  readonly counter: number;
  readonly head: Uint8Array;
  readonly items_bytes: number;
  readonly deleted_at: number | null;
  /** Of who writes; null = no member. */
  readonly role: string | null;
  /** The counter that this very write got before; null = it is new. */
  readonly written_at: number | null;
  readonly body_hash: string | null;
  /** 0 = nobody but the owner was ever in it. */
  readonly is_shared: number;
}

/**
 * Who signs what an account writes, and who owns the environment that it writes to: itself, where there is none that is open to
 * it. As of now: a commit looks again when it holds the owner's account.
 */
export async function findWriter(tx: Tx, account: string, environment: string): Promise<Writer | undefined> {
  const found = await sql<Writer>`
    SELECT a.sign_key AS "signKey", a.fingerprint, COALESCE(e.account, a.id) AS owner FROM accounts a
    LEFT JOIN members m ON m.environment = ${environment} AND m.account = a.id AND m.role <> ${LEFT}
    LEFT JOIN environments e ON e.id = ${environment} AND e.deleted_at IS NULL
      AND (e.account = a.id OR m.account IS NOT NULL)
    WHERE a.id = ${account}`.execute(tx);
  return found.rows[0];
}

export interface Writer {
  readonly signKey: Uint8Array;
  readonly fingerprint: string;
  readonly owner: string;
}

/** What is there now, for a writer and a write, in one statement. The owner's account is locked. */
async function readForCommit(tx: Tx, { account, environment, writeId }: Commit): Promise<ForCommit | undefined> {
  const found = await sql<ForCommit>`
    SELECT e.account, e.counter, e.head, length(e.items) AS items_bytes, e.deleted_at, m.role, h.counter AS written_at,
      h.body_hash, CASE WHEN EXISTS (SELECT 1 FROM members WHERE environment = e.id) THEN 1 ELSE 0 END AS is_shared
    FROM environments e
    LEFT JOIN members m ON m.environment = e.id AND m.account = ${account}
    LEFT JOIN heads h ON h.environment = e.id AND h.write_id = ${writeId}
    WHERE e.id = ${environment}`.execute(tx);
  return found.rows[0];
}

async function conflictAt(tx: Tx, environment: string, counter: number): Promise<Problem> {
  const winner = await tx
    .selectFrom("heads")
    .select("write_id")
    .where("environment", "=", environment)
    .where("counter", "=", counter)
    .executeTakeFirst();
  return new Problem("conflict", { conflict: { counter, write_id: winner?.write_id ?? "0".repeat(32) } });
}
