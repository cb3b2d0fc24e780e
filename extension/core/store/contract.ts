/**
 * The HTTP API inside of the seal (docs/transport.md): what goes to the server and what comes back, as JSON. Both ends
 * take their types from here, and each checks what it gets. Ids are 32 lower-case hexadecimal digits, made by clients;
 * bytes are base64url without padding; times are ms since 1970; counters and versions are integers from 1 on.
 */

export type IdText = string;
export type Base64Url = string;

/** `PUT /accounts/{account}`, base mode. Closed after the first account unless the server is configured otherwise. */
export interface NewAccountBody {
  /** The account object with counter 1. */
  readonly object: Base64Url;
  readonly login: LoginVerifier;
  readonly device: NewDevice;
  /** Opens a closed door for one account. */
  readonly invite?: InviteProof;
}

/** What a login is checked against. The proof is derived of the KEK, and the KEK of the master password. */
export interface LoginVerifier {
  /** The salt and KDF profile of the account's password slot, for `prelogin`. */
  readonly salt: Base64Url;
  readonly profile: number;
  /** SHA-256 of the proof; the server stores it with a pepper of its own. */
  readonly verifier: Base64Url;
  /** The same of the recovery code; without it nobody can log in by that. */
  readonly recovery?: Base64Url;
}

/** A device's id, and the 32-byte secret that seals its calls. Agreed once, in a call of base mode. */
export interface NewDevice {
  readonly id: IdText;
  readonly secret: Base64Url;
}

/** `POST /prelogin`, base mode. An account that nobody has gets stable false answers. */
export interface PreloginBody {
  readonly account: IdText;
}

export interface PreloginAnswer {
  readonly salt: Base64Url;
  readonly profile: number;
}

/** `POST /devices`, base mode: enrols a device by the login proof, of the password or of the recovery code. 401 says nothing more; 429 after five failures in 15 minutes. */
export interface EnrolBody {
  readonly account: IdText;
  readonly proof: Base64Url;
  readonly device: NewDevice;
}

/** `GET /devices`. `DELETE /devices/{id}` ends one at once. */
export interface DevicesAnswer {
  readonly devices: readonly { readonly id: IdText; readonly enrolled_at: number; readonly seen_at: number }[];
}

/** `GET /account?have=N`: 304, or the newest account object. */
export interface AccountAnswer {
  readonly counter: number;
  readonly object: Base64Url;
}

/** `PUT /account`: 412 with `Conflict` when the counter moved. */
export interface AccountBody {
  readonly expected_counter: number;
  readonly object: Base64Url;
  readonly write_id: IdText;
  /** With a new password or recovery code: replaces the login, and ends the sessions of all other devices. */
  readonly login?: LoginVerifier;
  /** Needed with `login`: of the password or recovery code until now. A device alone can't shut its owner out. */
  readonly proof?: Base64Url;
}

/** `POST /account/end`: destroys the account with all it owns; 204. */
export interface EndAccountBody {
  readonly proof: Base64Url;
}

/** `GET /environments?after=ID`: 1,000 at most, by id. */
export interface EnvironmentsAnswer {
  readonly environments: readonly { readonly id: IdText; readonly counter: number; readonly deleted_at?: number }[];
  readonly next?: IdText;
}

/**
 * `GET /environments/{e}?have=N`: 304, or the newest manifest and the records written after counter N: the newest of
 * them, up to 1,000 and 2 MiB; the rest is asked for. `DELETE` marks it as deleted, `POST …/undo` brings it back.
 */
export interface EnvironmentAnswer {
  readonly counter: number;
  readonly head: Base64Url;
  readonly items: Base64Url;
  readonly records: readonly RecordBody[];
}

export interface RecordRefBody {
  readonly item: IdText;
  readonly version: number;
  readonly epoch: number;
  /** SHA-256 of the record's bytes, hex. */
  readonly hash: string;
}

export interface RecordBody extends RecordRefBody {
  readonly bytes: Base64Url;
}

/**
 * `PUT /environments/{e}`: all or nothing. 412 with `Conflict` when the counter moved; the same write id with the same
 * body again answers as the first time, with another body 409; without `expected_counter` 428.
 */
export interface CommitBody {
  /** 0 for the first. */
  readonly expected_counter: number;
  readonly head: Base64Url;
  readonly items: Base64Url;
  readonly records: readonly RecordBody[];
  readonly write_id: IdText;
  /** Keys for members and tokens that the manifest names. Those whom it no longer names lose theirs. */
  readonly grants?: readonly GrantBody[];
}

/** An environment's key, sealed to one holder: docs/format.md. */
export interface GrantBody {
  /** A member's account, or a token. */
  readonly holder: IdText;
  readonly epoch: number;
  readonly bytes: Base64Url;
}

/** `POST /environments/{e}/records/stage`: records that a commit right after it names and doesn't bring, since together they are more than a request; 204. */
export interface StagedRecordsBody {
  readonly records: readonly RecordBody[];
}

/** `GET /environments/{e}/grants`: the caller's own, by epoch. */
export interface GrantsAnswer {
  readonly grants: readonly { readonly epoch: number; readonly bytes: Base64Url }[];
}

/** `GET /shared?after=ID`: environments of other accounts whose manifest names the caller; 1,000 at most. */
export interface SharedAnswer {
  readonly environments: readonly { readonly id: IdText; readonly owner: IdText; readonly counter: number }[];
  readonly next?: IdText;
}

/** `POST /directory`: the keys that belong to fingerprints (hex, 200 at most). Unknown ones are left out. */
export interface DirectoryBody {
  readonly fingerprints: readonly string[];
}

export interface DirectoryAnswer {
  readonly identities: readonly {
    readonly account: IdText;
    readonly sign_key: Base64Url;
    readonly kem_key: Base64Url;
  }[];
}

/** `PUT /invites/{id}`: single use, 7 days at most. `DELETE /invites/{id}` takes it back. */
export interface NewInviteBody {
  /** SHA-256 of the proof. */
  readonly verifier: Base64Url;
  readonly expires_at: number;
  /** Sealed under the code: 4 KiB at most. */
  readonly offer: Base64Url;
}

export interface InviteProof {
  readonly id: IdText;
  readonly proof: Base64Url;
}

/** `POST /invites/open` with an `InviteProof`, base mode. 401 for one that is unknown, over or used. */
export interface OpenInviteAnswer {
  readonly offer: Base64Url;
  readonly expires_at: number;
}

/** `POST /invites/accept`, by a device of the invited account; 204. Once; the same again is no error. */
export interface AcceptInviteBody extends InviteProof {
  /** HMAC-SHA256 by the code over both identities. */
  readonly mac: Base64Url;
}

/** `GET /invites`: the caller's own, 1,000 at most. */
export interface InvitesAnswer {
  readonly invites: readonly {
    readonly id: IdText;
    readonly expires_at: number;
    readonly offer: Base64Url;
    /** Who accepted it. */
    readonly accepted?: { readonly account: IdText; readonly fingerprint: string; readonly mac: Base64Url };
  }[];
}

/** `PUT /tokens/{id}`, by an admin of all its environments. `DELETE /tokens/{id}` ends it at once. */
export interface NewTokenBody {
  /** The 32-byte secret that seals its calls. */
  readonly secret: Base64Url;
  readonly kem_key: Base64Url;
  readonly environments: readonly IdText[];
  readonly expires_at: number;
  /** CIDR, IPv4 or IPv6; none = from everywhere. */
  readonly addresses: readonly string[];
  /** Its name, encrypted: 1 KiB at most. */
  readonly label: Base64Url;
  /** What the token itself gets to read: the admins whom its anchor names. 16 KiB at most. */
  readonly bundle: Base64Url;
}

/** `GET /tokens`: those that the caller made, and those of environments that it owns or is an admin of; 1,000 at most. */
export interface TokensAnswer {
  readonly tokens: readonly {
    readonly id: IdText;
    readonly account: IdText;
    readonly kem_key: Base64Url;
    readonly environments: readonly IdText[];
    readonly created_at: number;
    readonly expires_at: number;
    readonly addresses: readonly string[];
    readonly label: Base64Url;
    readonly used_at?: number;
    readonly used_address?: string;
  }[];
}

/**
 * `GET /token`, by a token. A token may also read its environments (newest manifest, heads, records, its grants) and
 * the directory, and append to its own audit chain. Everything else is 403 `forbidden`.
 */
export interface TokenAnswer {
  readonly environments: readonly IdText[];
  readonly expires_at: number;
  readonly bundle: Base64Url;
}

export interface CommitAnswer {
  readonly counter: number;
  readonly replayed: boolean;
}

export interface Conflict {
  readonly counter: number;
  /** The write that was first. */
  readonly write_id: IdText;
}

/** `GET /environments/{e}/heads/{counter}`: an earlier signed head; 404 when it was pruned. */
export interface HeadAnswer {
  readonly head: Base64Url;
}

/** `POST /environments/{e}/records/read`: 100 at most; 404, naming none, if one is missing. `…/records/delete` destroys bytes, and answers 204. */
export interface RecordRefsBody {
  readonly refs: readonly RecordRefBody[];
}

export interface RecordsAnswer {
  readonly records: readonly RecordBody[];
}

/** `GET /environments/{e}/items/{i}/versions`. */
export interface VersionsAnswer {
  readonly refs: readonly RecordRefBody[];
}

/** `POST /audit`: entry `seq` of the calling device's chain; 412 when another process was first. */
export interface AuditBody {
  readonly seq: number;
  readonly entry: Base64Url;
}

/**
 * `GET /audit?device=ID&from=SEQ`: 1,000 at most, of a device or token of the caller's account; with `account=ID` of
 * another one that shares an environment with it; with `last=1` instead of `from` the newest entry alone.
 */
export interface AuditAnswer {
  readonly entries: readonly Countersigned[];
}

/** The server's word on when an entry came: Ed25519 over `PAE("ov-audit/1", account, device, seq, entry, received_at)`. */
export interface Countersigned {
  readonly seq: number;
  readonly entry: Base64Url;
  readonly received_at: number;
  readonly signature: Base64Url;
}

/** `GET /audit/devices`: of the caller's account; with `environment=ID` also of those who share that one. */
export interface AuditDevicesAnswer {
  readonly devices: readonly IdText[];
  readonly others?: readonly { readonly account: IdText; readonly device: IdText }[];
}

/**
 * `GET /log?after=N`: the server's own record of who changed what, 1,000 at most. `signature` is Ed25519 over
 * `PAE("ov-log/1", account, seq, time, who, action, environment or empty, previous)`; the next `previous` is
 * SHA-256 of `PAE("ov-log-entry/1", that message, signature)`.
 */
export interface LogAnswer {
  readonly entries: readonly {
    readonly seq: number;
    readonly time: number;
    /** Device or token. */
    readonly who: IdText;
    readonly action: string;
    readonly environment?: IdText;
    readonly previous: string;
    readonly signature: Base64Url;
  }[];
}

/** `GET /changes?since=REV&wait=SECONDS` (25 at most): 410 with code `resync_required` for an older cursor, or another epoch than `epoch=ID`. */
export interface ChangesAnswer {
  readonly revision: number;
  /** Renewed when the server was restored from a backup. */
  readonly epoch: IdText;
  readonly account?: number;
  readonly environments: readonly { readonly id: IdText; readonly counter: number; readonly deleted: boolean }[];
}

/**
 * `GET /export`: the account's own ciphertext as of one moment, in pages of NDJSON, one of these a line: the account,
 * each environment with its records after it, audit chains, the server's log. A page ends with `next`, for
 * `GET /export?cursor=TEXT`, or with `end`. 410 `resync_required` when the account changed meanwhile: begin again.
 */
export type ExportLine =
  | ({ readonly kind: "account"; readonly account: IdText } & AccountAnswer)
  | ({ readonly kind: "environment"; readonly id: IdText } & Omit<EnvironmentAnswer, "records">)
  | ({ readonly kind: "record"; readonly environment: IdText } & RecordBody)
  | ({ readonly kind: "audit"; readonly device: IdText } & Countersigned)
  | ({ readonly kind: "log" } & LogAnswer["entries"][number])
  | { readonly kind: "next"; readonly cursor: string }
  | { readonly kind: "end"; readonly revision: number; readonly epoch: IdText };

/** An error inside of the seal: RFC 9457, with a code of ours. */
export interface ProblemAnswer {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ApiErrorCode;
  /** Seconds, with 429 and 503. */
  readonly retry_after?: number;
  /** ms since 1970, with `clock_skew`: the server's own time. */
  readonly server_time?: number;
  readonly conflict?: Conflict;
}

export const API_ERROR_CODES = [
  "unauthorized",
  "forbidden",
  "not_found",
  "conflict",
  "write_id_reused",
  "precondition_required",
  "invalid",
  "too_large",
  "quota_exceeded",
  "rate_limited",
  "registration_closed",
  "clock_skew",
  "replayed",
  "resync_required",
  "store_full",
  "unavailable",
  "internal",
] as const;

export type ApiErrorCode = (typeof API_ERROR_CODES)[number];

/** `GET /.well-known/ov-keys`, not sealed: `payload` is signed as it stands. */
export interface KeysDocument {
  /** The JSON of `KeysPayload`, base64url. */
  readonly payload: Base64Url;
  /** Ed25519 over `PAE("ov-keys/1", payload bytes)`. */
  readonly signature: Base64Url;
}

export interface KeysPayload {
  /** The server's Ed25519 public key; SHA-256 of `PAE("ov-server/1", key)` is the server id that clients pin. */
  readonly identity: Base64Url;
  /** Only ever grows. */
  readonly sequence: number;
  readonly expires_at: number;
  readonly keys: readonly {
    /** 8 bytes, hex. */
    readonly id: string;
    /** "647a-0001-0002". Others are passed over. */
    readonly suite: string;
    readonly public_key: Base64Url;
    readonly not_before: number;
    readonly not_after: number;
  }[];
}

/** The one path that takes calls: `application/ov-seal-req` in, `application/ov-seal-res` out. */
export const SEALED_PATH = "/v1/sealed";
export const KEYS_PATH = "/.well-known/ov-keys";
export const REQUEST_TYPE = "application/ov-seal-req";
export const RESPONSE_TYPE = "application/ov-seal-res";
