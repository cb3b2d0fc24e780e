import type { VaultErrorCode } from "#core/vault-error.ts";

/** A run's own exit code is passed on as it is; these are for what `ov` itself refuses. 1 is left for bugs. */
export const EXIT_CODE = {
  // 2: the call was wrong
  "argument-invalid": 2,
  "name-invalid": 2,
  "value-invalid": 2,
  "value-in-arguments": 2,
  "limit-exceeded": 2,
  "context-missing": 2,
  "project-file-invalid": 2,
  "client-config-invalid": 2,
  "cwd-invalid": 2,
  // 3: unlock first
  "vault-locked": 3,
  "agent-unreachable": 3,
  "wrong-password": 4,
  "login-failed": 4,
  // 5: a person has to do something first
  "approval-required": 5,
  "person-required": 5,
  // 6: refused
  "denied-by-user": 6,
  "denied-by-policy": 6,
  "not-permitted": 6,
  // 7: there is no such thing
  "vault-absent": 7,
  "context-not-found": 7,
  "secret-not-found": 7,
  "file-not-found": 7,
  // 8: it is there already
  "vault-exists": 8,
  "context-exists": 8,
  "secret-exists": 8,
  // 9: another process was faster; the same call may work now
  "vault-conflict": 9,
  // 10: what is stored can't be trusted or read
  "vault-damaged": 10,
  "rolled-back": 10,
  "format-unsupported": 10,
  "backup-invalid": 10,
  "server-changed": 10,
  // 11: the disk or server
  "store-failed": 11,
  "store-read-only": 11,
  "store-full": 11,
  "server-unreachable": 11,
  "server-refused": 11,
  // as shells have it
  "run-failed": 126,
  "shell-not-found": 127,
  "command-not-found": 127,
  cancelled: 130,
} as const satisfies Record<VaultErrorCode, number>;

export const EXIT_CODE_HELP = `Exit codes:
  0 done · 1 a bug · 2 wrong call · 3 locked · 4 wrong password or login · 5 a person has to act · 6 refused · 7 not found
  8 exists already · 9 changed meanwhile, try again · 10 damaged or rolled back · 11 disk or server · 126, 127 the
  command could not start · 130 cancelled. "ov run" and "ov shell" pass on the exit code of what they ran.`;
