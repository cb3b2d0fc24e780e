import type { ApiErrorCode, Conflict, ProblemAnswer } from "#core/store/contract.ts";

/** A refusal that the caller is told, by code only: never with ids, bodies or what a login lacked. */
export class Problem extends Error {
  readonly code: ApiErrorCode;
  readonly extra: Extra;

  constructor(code: ApiErrorCode, extra: Extra = {}) {
    super(code);
    this.code = code;
    this.extra = extra;
  }
}

interface Extra {
  readonly retry_after?: number;
  readonly server_time?: number;
  readonly conflict?: Conflict;
}

/** RFC 9457, as it goes into the seal. */
export function problemAnswer({ code, extra }: Problem): ProblemAnswer {
  return { type: `urn:opaquevault:${code}`, title: TITLE[code], status: STATUS[code], code, ...extra };
}

const STATUS = {
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 412,
  write_id_reused: 409,
  precondition_required: 428,
  invalid: 400,
  too_large: 413,
  quota_exceeded: 403,
  rate_limited: 429,
  registration_closed: 403,
  clock_skew: 400,
  replayed: 409,
  resync_required: 410,
  store_full: 507,
  unavailable: 503,
  internal: 500,
} as const satisfies Record<ApiErrorCode, number>;

const TITLE = {
  unauthorized: "Not authorized.",
  forbidden: "The role or token does not permit this.",
  not_found: "There is nothing here.",
  conflict: "Another write was first.",
  write_id_reused: "This write id was used for another body.",
  precondition_required: "The expected counter is missing.",
  invalid: "The request is not a valid one.",
  too_large: "The request is too large.",
  quota_exceeded: "The account has no room left.",
  rate_limited: "Too many requests.",
  registration_closed: "This server takes no new accounts.",
  clock_skew: "The clocks differ by more than two minutes.",
  replayed: "This request was made before.",
  resync_required: "The cursor is too old. Start again.",
  store_full: "The server has no room left. It still answers reads.",
  unavailable: "The server can't answer now.",
  internal: "The server failed.",
} as const satisfies Record<ApiErrorCode, string>;
