/**
 * The one error type that crosses a folder's edge. Its message is safe for a model and for a log:
 * no value, key, password or child output is ever part of it, and it ends with the next step.
 */
export class VaultError extends Error {
  override readonly name = "VaultError";
  readonly code: VaultErrorCode;

  constructor(code: VaultErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export const VAULT_ERROR_CODES = [
  // the vault
  "vault-absent",
  "vault-exists",
  "vault-locked",
  "wrong-password",
  "vault-damaged",
  "rolled-back",
  "vault-conflict",
  "format-unsupported",
  "store-failed",
  "store-read-only",
  "store-full",
  "backup-invalid",
  // the server that keeps it
  "server-unreachable",
  "server-changed",
  "server-refused",
  "login-failed",
  // contexts and secrets
  "context-missing",
  "context-not-found",
  "context-exists",
  "project-file-invalid",
  "name-invalid",
  "value-invalid",
  "secret-not-found",
  "secret-exists",
  "limit-exceeded",
  // sharing
  "not-permitted",
  // runs and approval
  "approval-required",
  "denied-by-user",
  "denied-by-policy",
  "command-not-found",
  "cwd-invalid",
  "run-failed",
  "shell-not-found",
  "cancelled",
  // callers
  "argument-invalid",
  "value-in-arguments",
  "person-required",
  "file-not-found",
  "client-config-invalid",
  "agent-unreachable",
] as const;

export type VaultErrorCode = (typeof VAULT_ERROR_CODES)[number];

/** True for a VaultError with one of the codes (or with any code, if none is named). */
export function isVaultError(error: unknown, ...codes: readonly VaultErrorCode[]): error is VaultError {
  return error instanceof VaultError && (codes.length === 0 || codes.includes(error.code));
}
