import { readAccountHead } from "../formats/account-object.ts";
import { okpPublicKey } from "../keys/okp-public-key.ts";
import type { Schema } from "../storage/schema.ts";
import type { Value } from "./backup-format.ts";
import { auditCheck, type LogEnd, logCheck } from "./log-check.ts";
import { type Authors, manifestChecks } from "./manifest-check.ts";
import { recordCheck } from "./record-check.ts";

type Row = Readonly<Record<string, Value>>;

/**
 * Checks what a server can check of its rows, without a key: hashes, chains and signatures. Accounts come first, each
 * table in the order of its key.
 */
export function contentCheck(identity: Uint8Array): { row(table: string, row: Row): void; end(): readonly string[] } {
  const problems: string[] = [];
  let more = 0;
  const tell = (problem: string): void => {
    if (problems.length < MOST_TOLD) problems.push(problem);
    else more++;
  };
  const serverKey = okpPublicKey("Ed25519", identity);
  const accounts = accountCheck(tell);
  const records = recordCheck(tell);
  const checks: Readonly<Record<string, Check>> = {
    accounts,
    audit: auditCheck(serverKey, tell),
    ...manifestChecks(accounts.authors, records.want, tell),
    log: logCheck(serverKey, accounts.logEnds, tell),
    records,
  };
  return {
    row(table, row) {
      try {
        checks[table]?.row(row);
      } catch {
        tell(`A row of ${table} can't be read.`);
      }
    },
    end() {
      for (const check of Object.values(checks)) check.end?.();
      return more === 0 ? problems : [...problems, `And ${more} more.`];
    },
  };
}

export interface Check {
  row(row: Row): void;
  end?(): void;
}

export type Tell = (problem: string) => void;

function accountCheck(tell: Tell): Check & { readonly authors: Authors; readonly logEnds: Map<string, LogEnd> } {
  const authors = new Map<string, Uint8Array>();
  const logEnds = new Map<string, LogEnd>();
  return {
    authors,
    logEnds,
    row(row) {
      const { id, object, sign_key, fingerprint, counter, log_seq, log_hash } = row as unknown as Schema["accounts"]; // the row of that table
      authors.set(fingerprint, sign_key);
      logEnds.set(id, { seq: log_seq, hash: log_hash });
      const head = readAccountHead(Buffer.from(object));
      const isRight = head.account === id && head.counter === counter && head.fingerprint === fingerprint;
      if (!isRight || !head.signKey.equals(sign_key)) tell(`The object of account ${id} is not the one of its row.`);
    },
  };
}

const MOST_TOLD = 20;
