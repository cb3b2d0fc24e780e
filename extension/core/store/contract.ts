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
}

/** What a login is checked against. The proof is derived of the KEK, and the KEK of the master password. */
export interface LoginVerifier {
  /** The salt and KDF profile of the account's password slot, for `prelogin`. */
  readonly salt: Base64Url;
  readonly profile: number;
  /** SHA-256 of the proof; the server stores it with a pepper of its own. */
  readonly verifier: Base64Url;
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

/** `POST /devices`, base mode: enrols a device by the login proof. 401 says nothing more; 429 after five failures in 15 minutes. */
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
  /** With a new password or recovery: replaces the login, and ends the sessions of all other devices. */
  readonly login?: LoginVerifier;
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

/** `GET /audit?device=ID&from=SEQ`: 1,000 at most. `GET /audit/devices` lists the devices. */
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

export interface AuditDevicesAnswer {
  readonly devices: readonly IdText[];
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
