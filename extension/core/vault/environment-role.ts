import { VaultError } from "../vault-error.ts";
import type { Role } from "./manifest.ts";

/** Refuses at once, before anything is sealed or sent, what the server and every member would refuse anyway. */
export function requireRole(role: Role, needed: "writer" | "admin", what: string): void {
  if (role === "admin" || role === needed) return;
  throw new VaultError(
    "not-permitted",
    needed === "writer"
      ? `You are a reader of ${what}: its secrets can be used, and not changed. Ask one of its admins to write, or for another role.`
      : `Only an admin of ${what} can do that, and you are a ${role}. "ov share list" shows who is one.`,
  );
}

/** An environment of somebody else's that the newest manifest has no place in for this account, or that is gone. */
export function notAMember(what: string): VaultError {
  return new VaultError(
    "not-permitted",
    `You are no member of ${what} any more: an admin removed you, or its owner deleted it. "ov share leave" takes it off your list.`,
  );
}
