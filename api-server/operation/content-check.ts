import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { sha256 } from "#core/crypto/hash.ts";
import { pae, u64 } from "#core/crypto/pae.ts";
import { readAccountHead } from "../formats/account-object.ts";
import { isSignedBy, readManifestHead } from "../formats/manifest-head.ts";
import { logHash, logMessage } from "../storage/changes.ts";
import type { Schema } from "../storage/schema.ts";
import type { Value } from "./backup-file.ts";

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
  const serverKey = createPublicKey({ key: Buffer.concat([SPKI, identity]), format: "der", type: "spki" });
  const accounts = accountCheck(tell);
  const checks: Readonly<Record<string, Check>> = {
    accounts,
    audit: auditCheck(serverKey, tell),
    ...manifestChecks(accounts.authors, tell),
    log: logCheck(serverKey, accounts.logEnds, tell),
    records: recordCheck(tell),
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

interface Check {
  row(row: Row): void;
  end?(): void;
}

type Tell = (problem: string) => void;

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

/** Public keys by the fingerprint that a manifest names. */
type Authors = ReadonlyMap<string, Uint8Array>;

interface LogEnd {
  readonly seq: number;
  readonly hash: string;
}

/** Environments come before heads, by name: each environment's newest head is the last of its chain. */
function manifestChecks(authors: Authors, tell: Tell): { readonly environments: Check; readonly heads: Check } {
  const newest = new Map<string, { readonly counter: number; readonly hash: string }>();
  let chain = { environment: "", counter: 0, hash: "" };
  const endOf = (environment: string): void => {
    const known = newest.get(environment);
    newest.delete(environment);
    if (known !== undefined && known.counter === chain.counter && known.hash === chain.hash) return;
    tell(`Environment ${environment} has not the manifest that its chain ends with.`);
  };
  return {
    environments: {
      row(row) {
        const { id, counter, head, items } = row as unknown as Schema["environments"]; // the row of that table
        if (counter === 0) return; // a tombstone
        newest.set(id, { counter, hash: sha256(head).toString("hex") });
        const parsed = readManifestHead(Buffer.from(head));
        const isRight =
          parsed.environment === id && parsed.counter === counter && parsed.itemsRoot === sha256(items).toString("hex");
        if (!isRight) tell(`The manifest of environment ${id} is not whole.`);
      },
    },
    heads: {
      row(row) {
        const { environment, counter, head } = row as unknown as Schema["heads"]; // the row of that table
        if (environment !== chain.environment && chain.counter > 0) endOf(chain.environment);
        const before = environment === chain.environment ? chain : { environment, counter: 0, hash: "0".repeat(64) };
        chain = { environment, counter, hash: sha256(head).toString("hex") };
        const parsed = readManifestHead(Buffer.from(head));
        const follows =
          parsed.environment === environment &&
          parsed.counter === counter &&
          counter === before.counter + 1 &&
          parsed.previous === before.hash;
        if (!follows) tell(`Head ${counter} of environment ${environment} doesn't follow the one before.`);
        const author = authors.get(parsed.author);
        if (author === undefined || !isSignedBy(author, Buffer.from(head))) {
          tell(`Head ${counter} of environment ${environment} is not signed by an account of this server.`);
        }
      },
      end() {
        if (chain.counter > 0) endOf(chain.environment);
        for (const environment of newest.keys()) tell(`Environment ${environment} has lost its chain.`);
      },
    },
  };
}

/** The server's own log: each entry names the one before, is signed, and the account knows the last. */
function logCheck(key: KeyObject, ends: Map<string, LogEnd>, tell: Tell): Check {
  let at = { account: "", seq: 0, hash: "" };
  const close = (): void => {
    const end = ends.get(at.account);
    ends.delete(at.account);
    if (end?.seq !== at.seq || end.hash !== at.hash) tell(`The log of account ${at.account} has not its own end.`);
  };
  return {
    row(row) {
      const entry = row as unknown as Schema["log"]; // the row of that table
      if (entry.account !== at.account && at.seq > 0) close();
      const before = entry.account === at.account ? at : { seq: 0, hash: "0".repeat(64) };
      const message = logMessage(entry);
      at = { account: entry.account, seq: entry.seq, hash: logHash(message, entry.signature) };
      const follows = entry.seq === before.seq + 1 && entry.previous === before.hash;
      if (!follows) tell(`Entry ${entry.seq} of the log of account ${entry.account} doesn't follow the one before.`);
      if (!verify(null, message, key, entry.signature)) {
        tell(`Entry ${entry.seq} of the log of account ${entry.account} is not signed by the server.`);
      }
    },
    end() {
      if (at.seq > 0) close();
      for (const [account, { seq }] of ends) if (seq > 0) tell(`Account ${account} has lost its log.`);
    },
  };
}

function auditCheck(key: KeyObject, tell: Tell): Check {
  let at = { chain: "", seq: 0 };
  return {
    row(row) {
      const { account, device, seq, entry, received_at, signature } = row as unknown as Schema["audit"]; // the row of that table
      const chain = `${account}.${device}`;
      if (seq !== (chain === at.chain ? at.seq : 0) + 1)
        tell(`Audit entries of device ${device} are missing before ${seq}.`);
      at = { chain, seq };
      const hex = (text: string): Buffer => Buffer.from(text, "hex");
      const message = pae("ov-audit/1", hex(account), hex(device), u64(seq), entry, u64(received_at));
      if (!verify(null, message, key, signature)) {
        tell(`Audit entry ${seq} of device ${device} is not countersigned by the server.`);
      }
    },
  };
}

function recordCheck(tell: Tell): Check {
  return {
    row(row) {
      const { environment, item, version, hash, bytes } = row as unknown as Schema["records"]; // the row of that table
      if (sha256(bytes).toString("hex") !== hash)
        tell(`Record ${item}, ${version} of environment ${environment} is damaged.`);
    },
  };
}

/** RFC 8410: what stands before the 32 bytes of an Ed25519 public key. */
const SPKI = Buffer.from("302a300506032b6570032100", "hex");
const MOST_TOLD = 20;
