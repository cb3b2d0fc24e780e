import { VaultError } from "../../vault-error.ts";
import { API_ERROR_CODES, type ApiErrorCode } from "../contract.ts";
import { asCount, asIdOf, asNumber, asObject, type Json } from "./json-shape.ts";
import { badAnswer, deviceUnknown, refused, unreachable } from "./server-error.ts";

/** An error inside of the seal, checked. */
export interface Problem {
  readonly code: ApiErrorCode;
  readonly status: number;
  readonly retryAfter: number | undefined;
  readonly serverTime: number | undefined;
  readonly conflict: { readonly counter: number; readonly writeId: string } | undefined;
}

/** Throws `server-refused` for a code that we don't know. */
export function problemOf(status: number, body: Json | undefined): Problem {
  const code = API_ERROR_CODES.find((known) => known === body?.code);
  if (code === undefined) throw badAnswer("an error");
  const conflict = asObject(body?.conflict);
  const [counter, writeId] = [asNumber(conflict?.counter), asIdOf(conflict?.write_id)];
  return {
    ...{ code, status, retryAfter: asCount(body?.retry_after), serverTime: asNumber(body?.server_time) },
    conflict: counter === undefined || writeId === undefined ? undefined : { counter, writeId },
  };
}

/** The same call may be taken a little later. */
export function isPassing({ code }: Problem): boolean {
  return code === "rate_limited" || code === "unavailable" || code === "internal" || code === "replayed";
}

/** What a problem is for the caller of a store. `what` completes "The server's answer about …". */
export function errorOf(problem: Problem, what: string): VaultError {
  switch (problem.code) {
    case "unauthorized":
      return deviceUnknown();
    case "forbidden":
      return refused("your role in this environment does not permit that. Ask one of its admins.");
    case "conflict":
      return new VaultError(
        "vault-conflict",
        "Another device was first to write. Read the newest state, then try again.",
      );
    case "not_found":
      return new VaultError("vault-damaged", `The server has lost ${what}. Put back a backup with "ov import".`);
    case "quota_exceeded":
      return new VaultError(
        "store-full",
        "This account has used its room on the server. Purge what you don't need, or ask the one who runs it.",
      );
    case "store_full":
      return new VaultError(
        "store-full",
        "The server has no room left, so nothing was written. Reads go on. Ask the one who runs it.",
      );
    case "too_large":
      return new VaultError(
        "limit-exceeded",
        "That is too much for one write to a server. Write fewer secrets at once.",
      );
    case "clock_skew":
      return refused("the clocks differ, also after one correction. Set this machine's clock, then try again.");
    case "rate_limited":
      return refused(`it gets too many calls. Try again in ${problem.retryAfter ?? 60} seconds.`);
    case "registration_closed":
      return refused("it takes no new accounts. Ask the one who runs it to open it for you.");
    case "write_id_reused":
    case "precondition_required":
    case "invalid":
      return refused("it is of another version than this program. Update both, then try again.");
    case "resync_required":
      return refused('it was restored, or this device was away for long. Run "ov sync", then try again.');
    case "replayed":
    case "unavailable":
    case "internal":
      return unreachable("the server (it says that it can't answer now)");
  }
}
