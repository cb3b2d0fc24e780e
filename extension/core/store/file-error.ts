import { VaultError } from "../vault-error.ts";

/** Turns an error of the operating system into one with a next step. Anything else is a bug and stays as it is. */
export function fileError(error: unknown, access: "read" | "write", path: string): unknown {
  const code = errorCode(error);
  if (code === undefined) return error;
  const cause = { cause: error };
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return new VaultError("store-full", `No space is left to write ${path}. Free some space, then try again.`, cause);
    case "ELOOP":
      return linkError(path);
    case "ENOTDIR":
    case "EISDIR":
      return new VaultError(
        "vault-damaged",
        `${path} is a file in place of a folder, or the reverse. ${REPAIR}`,
        cause,
      );
  }
  if (access === "write" && READ_ONLY.has(code)) {
    return new VaultError(
      "store-read-only",
      `${path} can't be written (${code}). Make the folder writable for your user, then try again.`,
      cause,
    );
  }
  // A folder that was there a moment ago: another process deleted the environment, or put another copy in its place.
  if (access === "write" && code === "ENOENT") return conflict(path);
  const verb = access === "write" ? "Writing" : "Reading";
  return new VaultError(
    "store-failed",
    `${verb} ${path} failed (${code}). Check that disk and the permissions of the folder, then try again.`,
    cause,
  );
}

export function conflict(path: string): VaultError {
  return new VaultError(
    "vault-conflict",
    `Another program was first to write ${path}. Read the newest state, then try again.`,
  );
}

export function missing(path: string): VaultError {
  return new VaultError("vault-damaged", `${path} is missing, cut or changed. ${REPAIR}`);
}

/** A link inside a vault's folder could send reads and writes anywhere. */
export function linkError(path: string): VaultError {
  return new VaultError("vault-damaged", `${path} is a symbolic link, which a vault never holds. ${REPAIR}`);
}

/** The operating system's code, such as ENOENT; undefined for anything that is no system error. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

const READ_ONLY = new Set(["EROFS", "EACCES", "EPERM"]);
export const REPAIR = 'Move the vault\'s folder away, then restore a backup with "ov import".';
