import { env, l10n } from "vscode";
import { isVaultError, VaultError, type VaultErrorCode } from "#core/vault-error.ts";

/** Those whose message is in the window's language already. */
const OF_THE_WINDOW = new WeakSet<VaultError>();

/** A refusal of the window's own; `text` is translated. */
export function windowError(code: VaultErrorCode, text: string): VaultError {
  const error = new VaultError(code, text);
  OF_THE_WINDOW.add(error);
  return error;
}

/**
 * What a person reads of a refusal. What core says is English and names the place and the next step, as `ov` does too:
 * in another language its kind is told in that, with those words behind it.
 */
export function messageOf(error: VaultError): string {
  if (OF_THE_WINDOW.has(error) || /^en\b/.test(env.language)) return error.message;
  return `${KIND()[error.code]} (ov: ${error.message})`;
}

/** The message of a refusal, to be shown in the box that asks. */
export function refusalOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (isVaultError(error)) return messageOf(error);
    throw error;
  }
}

const KIND = (): Readonly<Record<VaultErrorCode, string>> => ({
  "vault-absent": l10n.t("There is no vault here."),
  "vault-exists": l10n.t("There is a vault here already."),
  "vault-locked": l10n.t("The vault is locked."),
  "wrong-password": l10n.t("That is not the master password."),
  "vault-damaged": l10n.t("The vault is damaged, or was changed by somebody without its key. Nothing of it was used."),
  "rolled-back": l10n.t("The vault is older than this device has seen it before. Nothing of it was used."),
  "vault-conflict": l10n.t("Somebody else changed this meanwhile. Look at it again."),
  "format-unsupported": l10n.t("A newer version of OpaqueVault wrote this. Update it."),
  "store-failed": l10n.t("The vault's files can't be read or written."),
  "store-read-only": l10n.t("The vault's folder is read-only."),
  "store-full": l10n.t("There is no room left, so nothing was written."),
  "backup-invalid": l10n.t("This is no backup that can be read."),
  "server-unreachable": l10n.t("The server gives no answer. Check the network."),
  "server-changed": l10n.t("This is not the server whose words you confirmed. Nothing was sent to it."),
  "server-refused": l10n.t("The server refused this."),
  "login-failed": l10n.t("The server doesn't take this login."),
  "context-missing": l10n.t("Nothing says which app and environment is meant. Select a context."),
  "context-not-found": l10n.t("The vault has no such app or environment."),
  "context-exists": l10n.t("There is an app or environment of this name already."),
  "project-file-invalid": l10n.t("The .ov.yaml can't be understood. Correct it."),
  "name-invalid": l10n.t("This name can't be used."),
  "value-invalid": l10n.t("This value can't be stored."),
  "secret-not-found": l10n.t("There is no such secret."),
  "secret-exists": l10n.t("There is a secret of this name already."),
  "limit-exceeded": l10n.t("That is too much at once, or not empty yet."),
  "not-permitted": l10n.t("Your role in this environment doesn't allow that. Ask one of its admins."),
  "approval-required": l10n.t("A person has to allow this, and nobody answered."),
  "denied-by-user": l10n.t("That was denied."),
  "denied-by-policy": l10n.t("The policy doesn't allow that."),
  "command-not-found": l10n.t("There is no such program."),
  "cwd-invalid": l10n.t("This folder can't be used."),
  "run-failed": l10n.t("The command could not be run."),
  "shell-not-found": l10n.t("There is no such shell."),
  cancelled: l10n.t("That was cancelled."),
  "argument-invalid": l10n.t("That can't be done this way."),
  "value-in-arguments": l10n.t("There is a credential in it. Use the name of a secret instead."),
  "person-required": l10n.t("This takes the master password."),
  "file-not-found": l10n.t("There is no such file."),
  "client-config-invalid": l10n.t("The other program's configuration can't be understood."),
  "agent-unreachable": l10n.t("The process that holds the vault gives no answer."),
});
