import type { Watch } from "./change-signals.ts";
import type { Tx } from "./schema.ts";

/** What a store runs on. Two of them: SQLite in this process, and PostgreSQL. Everything above is the same for both. */
export interface Database {
  readonly dialect: Dialect;
  /** Reads. Every statement sees what was committed when it began. */
  read<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Reads in one snapshot, for what must fit together over many statements. */
  snapshot<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * All or nothing, and durable when it resolves. `work` may run again from its start when the database asks for that,
   * so it does nothing but SQL. What it throws undoes it.
   */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Statements of a migration, in one transaction. */
  apply(statements: readonly string[], record: (tx: Tx) => Promise<void>): Promise<void>;
  /** Wakes who waits for an account to change, here or through another instance. Close it. */
  watch(account: string): Watch;
  /** How many wait now, and whether changes that come through other instances wake them at once. */
  news(): { readonly watches: number; readonly isHeard: boolean };
  /** Whether it answers; refuses with a Problem where it doesn't. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export type Dialect = "sqlite" | "postgres";
