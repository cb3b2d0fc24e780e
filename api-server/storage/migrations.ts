/**
 * Steps of the schema, in order. `BYTES` stands for BLOB or BYTEA. A step that was released is never edited: its
 * checksum is in every database. First expand (new tables and columns that an older server does not mind), then, one
 * version later, contract.
 */
export const MIGRATIONS: readonly Migration[] = [
  step("001 server", [
    `CREATE TABLE server_state (name TEXT PRIMARY KEY, value TEXT NOT NULL)`,
    `CREATE TABLE seal_keys (id TEXT PRIMARY KEY, wrapped BYTES NOT NULL, not_before BIGINT NOT NULL, not_after BIGINT NOT NULL)`,
    `CREATE TABLE seen_calls (hash TEXT PRIMARY KEY, expires_at BIGINT NOT NULL)`,
    `CREATE INDEX seen_calls_by_expiry ON seen_calls (expires_at)`,
  ]),
  step("002 accounts", [
    `CREATE TABLE accounts (id TEXT PRIMARY KEY, counter BIGINT NOT NULL, object BYTES NOT NULL, sign_key BYTES NOT NULL,
      fingerprint TEXT NOT NULL, login_salt BYTES NOT NULL, login_profile BIGINT NOT NULL, login_verifier BYTES NOT NULL,
      revision BIGINT NOT NULL, forgotten_revision BIGINT NOT NULL, used_bytes BIGINT NOT NULL, log_seq BIGINT NOT NULL,
      log_hash TEXT NOT NULL, created_at BIGINT NOT NULL)`,
    `CREATE TABLE account_writes (account TEXT NOT NULL, counter BIGINT NOT NULL, write_id TEXT NOT NULL,
      body_hash TEXT NOT NULL, PRIMARY KEY (account, counter))`,
    `CREATE UNIQUE INDEX account_writes_by_id ON account_writes (account, write_id)`,
    `CREATE TABLE login_failures (account TEXT PRIMARY KEY, since BIGINT NOT NULL, failures BIGINT NOT NULL)`,
    `CREATE TABLE devices (id TEXT PRIMARY KEY, account TEXT NOT NULL, wrapped_secret BYTES NOT NULL,
      enrolled_at BIGINT NOT NULL, seen_at BIGINT NOT NULL)`,
    `CREATE INDEX devices_by_account ON devices (account, id)`,
  ]),
  step("003 environments", [
    `CREATE TABLE environments (id TEXT PRIMARY KEY, account TEXT NOT NULL, counter BIGINT NOT NULL, head BYTES NOT NULL,
      items BYTES NOT NULL, revision BIGINT NOT NULL, deleted_at BIGINT)`,
    `CREATE INDEX environments_by_account ON environments (account, id)`,
    `CREATE INDEX environments_by_revision ON environments (account, revision)`,
    `CREATE INDEX environments_by_deletion ON environments (deleted_at)`,
    `CREATE TABLE heads (environment TEXT NOT NULL, counter BIGINT NOT NULL, head BYTES NOT NULL, write_id TEXT NOT NULL,
      body_hash TEXT NOT NULL, PRIMARY KEY (environment, counter))`,
    `CREATE UNIQUE INDEX heads_by_write ON heads (environment, write_id)`,
    `CREATE TABLE records (environment TEXT NOT NULL, item TEXT NOT NULL, version BIGINT NOT NULL, epoch BIGINT NOT NULL,
      hash TEXT NOT NULL, bytes BYTES NOT NULL, counter BIGINT NOT NULL,
      PRIMARY KEY (environment, item, version, epoch, hash))`,
    `CREATE INDEX records_by_counter ON records (environment, counter)`,
  ]),
  step("004 audit", [
    `CREATE TABLE audit (account TEXT NOT NULL, device TEXT NOT NULL, seq BIGINT NOT NULL, entry BYTES NOT NULL,
      received_at BIGINT NOT NULL, signature BYTES NOT NULL, PRIMARY KEY (account, device, seq))`,
    `CREATE TABLE log (account TEXT NOT NULL, seq BIGINT NOT NULL, time BIGINT NOT NULL, who TEXT NOT NULL,
      action TEXT NOT NULL, environment TEXT, previous TEXT NOT NULL, signature BYTES NOT NULL,
      PRIMARY KEY (account, seq))`,
  ]),
  step("005 sharing", [
    `ALTER TABLE accounts ADD COLUMN login_recovery BYTES`,
    `CREATE INDEX accounts_by_fingerprint ON accounts (fingerprint)`,
    `CREATE TABLE members (environment TEXT NOT NULL, account TEXT NOT NULL, role TEXT NOT NULL, revision BIGINT NOT NULL,
      left_at BIGINT, PRIMARY KEY (environment, account))`,
    `CREATE INDEX members_by_revision ON members (account, revision)`,
    `CREATE TABLE grants (environment TEXT NOT NULL, holder TEXT NOT NULL, epoch BIGINT NOT NULL, bytes BYTES NOT NULL,
      PRIMARY KEY (environment, holder, epoch))`,
    `CREATE TABLE invites (id TEXT PRIMARY KEY, account TEXT NOT NULL, verifier BYTES NOT NULL, offer BYTES NOT NULL,
      expires_at BIGINT NOT NULL, registered TEXT, accepted_by TEXT, mac BYTES)`,
    `CREATE INDEX invites_by_account ON invites (account, id)`,
    `CREATE TABLE tokens (id TEXT PRIMARY KEY, account TEXT NOT NULL, wrapped_secret BYTES NOT NULL, kem_key BYTES NOT NULL,
      label BYTES NOT NULL, bundle BYTES NOT NULL, addresses TEXT NOT NULL, created_at BIGINT NOT NULL,
      expires_at BIGINT NOT NULL, used_at BIGINT, used_address TEXT)`,
    `CREATE INDEX tokens_by_account ON tokens (account, id)`,
    `CREATE TABLE token_environments (token TEXT NOT NULL, environment TEXT NOT NULL, PRIMARY KEY (token, environment))`,
    `CREATE INDEX token_environments_by_environment ON token_environments (environment)`,
  ]),
];

export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
}

function step(name: string, statements: readonly string[]): Migration {
  return { name, statements: statements.map((statement) => statement.replace(/\s+/g, " ")) };
}
