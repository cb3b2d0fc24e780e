import { VaultError } from "../../vault-error.ts";

/** The server gave no answer that it sealed: it, the network, or something in between is down. */
export function unreachable(url: string, cause?: unknown): VaultError {
  return new VaultError(
    "server-unreachable",
    `No answer from ${url}. Check the network and that server, then try again. What is unlocked can still be read for a while; writes wait for the server.`,
    { cause },
  );
}

/** Whoever answers is not the server that this user pinned, or says less than it said before. */
export function serverChanged(what: string): VaultError {
  return new VaultError("server-changed", `${what} Nothing was sent to it. Ask the one who runs it before you go on.`);
}

/** Answered, and sealed, but not what the contract has: a bug, another version, or a hostile server. */
export function badAnswer(what: string): VaultError {
  return new VaultError(
    "server-refused",
    `The server's answer about ${what} is not one that OpaqueVault knows. No value was used. Update OpaqueVault, or ask the one who runs the server.`,
  );
}

export function refused(why: string): VaultError {
  return new VaultError("server-refused", `The server refused this: ${why}`);
}

export function absent(url: string): VaultError {
  return new VaultError(
    "vault-absent",
    `There is no vault of this account on ${url}. Run "ov login" again, or move one there with "ov vault move --to".`,
  );
}

export function deviceUnknown(): VaultError {
  return new VaultError(
    "login-failed",
    'The server doesn\'t take calls of this device: it was removed, or the password was changed elsewhere. Run "ov login" again.',
  );
}
