import type { Kysely } from "kysely";

/**
 * The tables, in types that SQLite and PostgreSQL share: text, 64-bit integers, bytes. Ids and hashes are lower-case
 * hex, times ms since 1970. No query joins two environments, so they can be partitioned by id.
 */
export interface Schema {
  server_state: { name: string; value: string };
  migrations: { name: string; checksum: string; applied_at: number };
  leases: { name: string; holder: string; expires_at: number };
  /** Private keys that calls are sealed to, wrapped under the pepper. Never part of a backup. */
  seal_keys: { id: string; wrapped: Uint8Array; not_before: number; not_after: number };
  /** SHA-256(enc) of calls that changed something: a replay is refused by every instance, and after a restart. */
  seen_calls: { hash: string; expires_at: number };
  accounts: {
    id: string;
    counter: number;
    object: Uint8Array;
    sign_key: Uint8Array;
    fingerprint: string;
    login_salt: Uint8Array;
    login_profile: number;
    /** HMAC of the verifier under the pepper. */
    login_verifier: Uint8Array;
    /** The same of the recovery code's proof; null = nobody can log in by that. */
    login_recovery: Uint8Array | null;
    /** Grows with every change of the account or of one of its environments. */
    revision: number;
    /** The highest revision whose tombstone was removed. */
    forgotten_revision: number;
    used_bytes: number;
    log_seq: number;
    log_hash: string;
    created_at: number;
  };
  account_writes: { account: string; counter: number; write_id: string; body_hash: string };
  login_failures: { account: string; since: number; failures: number };
  devices: { id: string; account: string; wrapped_secret: Uint8Array; enrolled_at: number; seen_at: number };
  environments: {
    id: string;
    account: string;
    counter: number;
    head: Uint8Array;
    items: Uint8Array;
    revision: number;
    deleted_at: number | null;
  };
  heads: { environment: string; counter: number; head: Uint8Array; write_id: string; body_hash: string };
  records: {
    environment: string;
    item: string;
    version: number;
    epoch: number;
    hash: string;
    bytes: Uint8Array;
    /** The commit that brought it. */
    counter: number;
  };
  audit: {
    account: string;
    device: string;
    seq: number;
    entry: Uint8Array;
    received_at: number;
    signature: Uint8Array;
  };
  log: {
    account: string;
    seq: number;
    time: number;
    who: string;
    action: string;
    environment: string | null;
    previous: string;
    signature: Uint8Array;
  };
  /** Whom the newest manifest names, but its owner: read out of it at each commit. An empty role is a tombstone. */
  members: { environment: string; account: string; role: string; revision: number; left_at: number | null };
  /** Environment keys, each sealed to one account or token. */
  grants: { environment: string; holder: string; epoch: number; bytes: Uint8Array };
  invites: {
    id: string;
    account: string;
    /** SHA-256 of the proof: 128 random bits need no pepper. */
    verifier: Uint8Array;
    offer: Uint8Array;
    expires_at: number;
    /** The account that was made by it. */
    registered: string | null;
    accepted_by: string | null;
    mac: Uint8Array | null;
  };
  tokens: {
    id: string;
    account: string;
    wrapped_secret: Uint8Array;
    kem_key: Uint8Array;
    label: Uint8Array;
    bundle: Uint8Array;
    /** CIDRs, one a line. */
    addresses: string;
    created_at: number;
    expires_at: number;
    used_at: number | null;
    used_address: string | null;
  };
  token_environments: { token: string; environment: string };
}

/** A transaction, or a connection outside of one. */
export type Tx = Kysely<Schema>;
