/** 16 random bytes as 32 lower-case hexadecimal digits. */
export type Id = string & { readonly brand: "Id" };

export function asId(text: string): Id | undefined {
  return /^[0-9a-f]{32}$/.test(text) ? (text as Id) : undefined;
}

/** The newest stored object of a counted series, as it was written. */
export interface Counted {
  readonly counter: number;
  readonly bytes: Uint8Array;
}

export interface RecordRef {
  readonly item: Id;
  readonly version: number;
  readonly epoch: number;
  /** SHA-256 of the record's bytes, hex. Two writers that race may seal the same version; this tells their records apart. */
  readonly hash: string;
}

export interface NewRecord extends RecordRef {
  readonly bytes: Uint8Array;
}

/** A manifest as it is stored: the signed head, and the list of items that the head names by hash. */
export interface StoredManifest {
  readonly counter: number;
  readonly head: Uint8Array;
  readonly items: Uint8Array;
}

/** What a new master password or recovery code changes at a server, in the same write as the account object. */
export interface LoginChange {
  /** Of the password's slot. */
  readonly salt: Uint8Array;
  readonly profile: number;
  /** SHA-256 of the proof, which the password's key gives under "ov1/kek/auth". */
  readonly verifier: Uint8Array;
  /** The same of the recovery code, where it is known. */
  readonly recovery?: Uint8Array;
  /** Of the password or recovery code until now: a server takes no new login without. Left out for a new account. */
  readonly proof?: Uint8Array;
}

/** An environment's key for one holder, as `vault/grant.ts` seals it. */
export interface NewGrant {
  /** A member's account, or a token. */
  readonly holder: Id;
  readonly epoch: number;
  readonly bytes: Uint8Array;
}

/** The public half of an account, which hashes to its fingerprint. */
export interface PublicAccount {
  readonly account: Id;
  readonly signKey: Uint8Array;
  readonly kemKey: Uint8Array;
}

/** What a place for several people has beside a store. It is believed as little: who is who, sessions verify. */
export interface Sharing {
  /** For people, and for invite codes. */
  readonly url: string;
  readonly serverId: Uint8Array;
  /** The accounts of fingerprints (hex), each checked against its own. Unknown ones are left out. */
  identities(fingerprints: readonly string[]): Promise<ReadonlyMap<string, PublicAccount>>;
  /** The account's own, by epoch. */
  grants(environment: Id): Promise<readonly { readonly epoch: number; readonly bytes: Uint8Array }[]>;
  /** Environments of others whose manifest names this account. */
  shared(): Promise<readonly Id[]>;
  /** The audit chains of others who share an environment. Whose a chain is, is the server's word. */
  memberDevices(environment: Id): Promise<readonly MemberDevice[]>;
  /** Entries of such a chain, from `from` on, in order. */
  memberAudit(chain: MemberDevice, from: number): Promise<readonly Uint8Array[]>;
  readonly tokens: TokenDesk;
  putInvite(id: Id, invite: NewInvite): Promise<void>;
  /** One that is gone is no error. */
  deleteInvite(id: Id): Promise<void>;
  invites(): Promise<readonly OwnInvite[]>;
  /** What an invite offers, sealed under its code. Refuses with `not-permitted` one that is over or was used. */
  openInvite(id: Id, proof: Uint8Array): Promise<{ readonly offer: Uint8Array; readonly expiresAt: number }>;
  /** Refuses with `not-permitted` an invite that is over or was used by another account. */
  acceptInvite(id: Id, proof: Uint8Array, mac: Uint8Array): Promise<void>;
}

export interface MemberDevice {
  readonly account: Id;
  readonly device: Id;
}

/** Tokens on a server: what may read there without being a person. */
export interface TokenDesk {
  put(id: Id, token: NewTokenEntry): Promise<void>;
  /** Those that this account made or is an admin of. */
  list(): Promise<readonly ServedToken[]>;
  /** One that is gone is no error. */
  end(id: Id): Promise<void>;
}

export interface NewTokenEntry {
  /** 32 bytes that seal its calls. */
  readonly secret: Uint8Array;
  readonly kemKey: Uint8Array;
  readonly environments: readonly Id[];
  /** ms since 1970. */
  readonly expiresAt: number;
  /** CIDRs. */
  readonly addresses: readonly string[];
  readonly label: Uint8Array;
  readonly bundle: Uint8Array;
}

export interface ServedToken extends Omit<NewTokenEntry, "secret" | "bundle"> {
  readonly id: Id;
  readonly createdAt: number;
  readonly usedAt?: number;
  readonly usedAddress?: string;
}

export interface NewInvite {
  readonly verifier: Uint8Array;
  /** ms since 1970. */
  readonly expiresAt: number;
  readonly offer: Uint8Array;
}

export interface OwnInvite {
  readonly id: Id;
  readonly expiresAt: number;
  readonly accepted?: { readonly account: Id; readonly fingerprint: string; readonly mac: Uint8Array };
}

/** One object of a backup: a path of fixed shape, and its bytes. */
export interface StoredObject {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Where ciphertext lives. It orders writes and understands nothing: every check of content is the session's.
 * Writes are durable when the promise resolves, and all or nothing. Errors: `vault-conflict` when the counter moved,
 * `store-full`, `store-read-only`, `store-failed`, and `vault-damaged` when a named object is missing or cut.
 */
export interface Store {
  /** A path or URL for people. */
  readonly location: string;
  /** After so many lost races a write gives up; left out, only after some time. A far store makes each one slow. */
  readonly conflictTries?: number;
  /** Left out where a vault is for one person: on this machine. */
  readonly sharing?: Sharing;

  /** The newest account object, or undefined where there is no vault. */
  readAccount(): Promise<Counted | undefined>;
  /** Writes counter `expected + 1`; `expected` is 0 for the first. With a new password, what a server checks logins by. */
  writeAccount(expected: number, bytes: Uint8Array, login?: LoginChange): Promise<void>;

  /** The newest manifest of an environment; with `have`, undefined also means "still that counter". */
  readManifest(environment: Id, have?: number): Promise<StoredManifest | undefined>;
  /** An earlier signed head, for verifying the chain; undefined when it was pruned. */
  readManifestHead(environment: Id, counter: number): Promise<Uint8Array | undefined>;
  readRecord(environment: Id, ref: RecordRef): Promise<Uint8Array>;
  /** Writes the records, then the manifest with counter `expected + 1`, as one step; and grants, where there are others. */
  commit(
    environment: Id,
    expected: number,
    manifest: { readonly head: Uint8Array; readonly items: Uint8Array },
    records: readonly NewRecord[],
    grants?: readonly NewGrant[],
  ): Promise<void>;
  /** Destroys the bytes of records that no manifest names any more. Missing ones are no error. */
  deleteRecords(environment: Id, refs: readonly RecordRef[]): Promise<void>;
  /** Every stored record of one item, in no order. */
  listRecords(environment: Id, item: Id): Promise<readonly RecordRef[]>;
  deleteEnvironment(environment: Id): Promise<void>;

  /** Appends entry `seq` (1, 2, 3 …) of a device's audit chain; `vault-conflict` when another process was first. */
  appendAudit(device: Id, seq: number, bytes: Uint8Array): Promise<void>;
  /** Entries from `from` on, in order. */
  readAudit(device: Id, from: number): Promise<readonly Uint8Array[]>;
  auditDevices(): Promise<readonly Id[]>;

  /** Everything that a restore needs: one consistent set, in an order that `restore` takes. */
  backup(): AsyncIterable<StoredObject>;
  /** Fills an empty store; refuses with `vault-exists` where there is a vault. All or nothing. */
  restore(objects: Iterable<StoredObject>): Promise<void>;
}

/** What this device remembers of a vault, outside of the vault: no store can take it back. */
export interface DeviceState {
  /** This device's id for audit chains; made on first use. */
  deviceId(): Promise<Id>;
  /** The highest counter seen of a series (`account`, or an environment's id), with the hash of its head. */
  seen(vault: Id, series: string): Promise<Seen | undefined>;
  /** The series of which something was seen. */
  seenSeries(vault: Id): Promise<readonly string[]>;
  /** Remembers a counter. A lower one than known changes nothing, also when two processes write at once. */
  remember(vault: Id, series: string, seen: Seen): Promise<void>;
  /** Forgets all that was seen of a vault: a person restored an older copy on purpose. */
  forget(vault: Id): Promise<void>;
  /** Notes a failed unlock (ms since 1970), until `takeFailedUnlocks` hands the times over to the audit chain. */
  noteFailedUnlock(vault: Id, time: number): Promise<void>;
  takeFailedUnlocks(vault: Id): Promise<readonly number[]>;
  /** Consent of a person to the exact content of a file at its place, or that one was there; `key` is a SHA-256 in hex. */
  hasConsent(key: string): Promise<boolean>;
  giveConsent(key: string): Promise<void>;
  forgetConsent(key: string): Promise<void>;
}

export interface Seen {
  readonly counter: number;
  /** SHA-256 of the head, hex. */
  readonly hash: string;
}
