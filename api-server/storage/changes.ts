import { type RawBuilder, sql } from "kysely";
import { sha256 } from "#core/crypto/hash.ts";
import { pae, u64 } from "#core/crypto/pae.ts";
import type { ChangesAnswer } from "#core/store/contract.ts";
import { LIMITS } from "../limits.ts";
import { Problem } from "../problem.ts";
import { noteChanged } from "./changed-accounts.ts";
import type { Dialect } from "./database.ts";
import { LEFT } from "./members.ts";
import type { Tx } from "./schema.ts";
import { refuseReplay, remembering, type SeenCall } from "./seen-calls.ts";
import { together } from "./together.ts";

/** An account whose row this transaction holds: its writes have one order, on both databases. */
export interface LockedAccount {
  readonly account: string;
  readonly fingerprint: string;
  /** Of this change. */
  readonly revision: number;
  readonly logSeq: number;
  readonly logHash: string;
  readonly usedBytes: number;
}

export async function lockAccount(tx: Tx, account: string): Promise<LockedAccount> {
  return held(tx, account, (await locking(account).execute(tx)).rows);
}

/** The same as the first step of a call that changes something: remembers it, and refuses a replay. */
export async function lockAccountOnce(
  tx: Tx,
  dialect: Dialect,
  account: string,
  call: SeenCall,
): Promise<LockedAccount> {
  const [added, locked] = await together(tx, dialect, remembering(call), locking(account));
  refuseReplay(added);
  return held(tx, account, locked);
}

function locking(account: string): RawBuilder<Locked> {
  return sql`UPDATE accounts SET revision = revision + 1 WHERE id = ${account}
    RETURNING fingerprint, revision, log_seq AS "logSeq", log_hash AS "logHash", used_bytes AS "usedBytes"`;
}

function held(tx: Tx, account: string, [row]: readonly Locked[]): LockedAccount {
  if (row === undefined) throw new Problem("unauthorized");
  noteChanged(tx, account);
  return { account, ...row };
}

type Locked = Omit<LockedAccount, "account">;

export interface LogEntry {
  readonly who: string;
  readonly action: Action;
  readonly environment?: string;
  readonly time: number;
}

export type Action =
  | "account.create"
  | "account.write"
  | "account.login"
  | "account.recover"
  | "login.refused"
  | "invite.create"
  | "invite.accept"
  | "invite.delete"
  | "token.create"
  | "token.delete"
  | "device.enrol"
  | "device.delete"
  | "environment.write"
  | "environment.delete"
  | "environment.undo"
  | "records.stage"
  | "records.delete";

/** Signs with the server's identity. */
export type Sign = (message: Uint8Array) => Uint8Array;

/**
 * Ends a change: who did what, signed and chained to the entry before, and what the account's ciphertext takes now. What
 * every write asks is text: a fifth of the time that building it takes.
 */
export type LogChange = (tx: Tx, locked: LockedAccount, entry: LogEntry, addedBytes?: number) => Promise<void>;

export function changeLog(dialect: Dialect, sign: Sign): LogChange {
  return async (tx, locked, entry, addedBytes = 0) => {
    const seq = locked.logSeq + 1;
    const { account, logHash: previous } = locked;
    const message = logMessage({ account, seq, previous, ...entry });
    const signature = sign(message);
    const { time, who, action, environment = null } = entry;
    await together(
      tx,
      dialect,
      sql<{ seq: number }>`
        INSERT INTO log (account, seq, time, who, action, environment, previous, signature)
        VALUES (${account}, ${seq}, ${time}, ${who}, ${action}, ${environment}, ${previous}, ${signature}) RETURNING seq`,
      sql<{ id: string }>`
        UPDATE accounts SET log_seq = ${seq}, log_hash = ${logHash(message, signature)},
          used_bytes = ${locked.usedBytes + addedBytes} WHERE id = ${account} RETURNING id`,
    );
  };
}

/** What the server signs of a log entry; docs/server.md. */
export function logMessage(entry: {
  readonly account: string;
  readonly seq: number;
  readonly time: number;
  readonly who: string;
  readonly action: string;
  readonly environment?: string | null | undefined;
  readonly previous: string;
}): Buffer {
  const hex = (text: string): Buffer => Buffer.from(text, "hex");
  const { account, seq, time, who, action, environment, previous } = entry;
  return pae("ov-log/1", hex(account), u64(seq), u64(time), hex(who), action, hex(environment ?? ""), hex(previous));
}

export function logHash(message: Uint8Array, signature: Uint8Array): string {
  return sha256(pae("ov-log-entry/1", message, signature)).toString("hex");
}

/** What changed after a revision, or undefined when nothing did. Everything that is there, for revision 0. */
export async function changesSince(
  tx: Tx,
  account: string,
  since: number,
): Promise<Omit<ChangesAnswer, "epoch"> | undefined> {
  const now = await tx
    .selectFrom("accounts")
    .select(["revision", "counter", "forgotten_revision"])
    .where("id", "=", account)
    .executeTakeFirst();
  if (now === undefined) throw new Problem("unauthorized");
  if (since > now.revision || (since > 0 && since < now.forgotten_revision)) throw new Problem("resync_required");
  if (since === now.revision) return undefined;
  const rows = await tx
    .selectFrom("environments")
    .select(["id", "counter", "deleted_at", "revision"])
    .where("account", "=", account)
    .where("revision", ">", since)
    .where("revision", "<=", now.revision)
    .unionAll(
      tx
        .selectFrom("members")
        .innerJoin("environments", "environments.id", "members.environment")
        .select(["environments.id", "environments.counter"])
        // Who left sees it go, as everybody does when it is deleted.
        .select((eb) =>
          eb
            .case()
            .when("members.role", "=", LEFT)
            .then(0)
            .else(eb.ref("environments.deleted_at"))
            .end()
            .as("deleted_at"),
        )
        .select("members.revision")
        .where("members.account", "=", account)
        .where("members.revision", ">", since)
        .where("members.revision", "<=", now.revision),
    )
    .orderBy("revision")
    .limit(LIMITS.page + 1)
    .execute();
  const page = rows.slice(0, LIMITS.page);
  const revision = rows.length > page.length ? page.at(-1)!.revision : now.revision;
  const environments = page.map((row) => ({ id: row.id, counter: row.counter, deleted: row.deleted_at !== null }));
  return { revision, account: now.counter, environments };
}
