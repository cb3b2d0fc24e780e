import * as vscode from "vscode";
import { unfitForEnvironment } from "#core/run/child-env.ts";
import type { SecretDraft, VaultAccess, WrittenSecret } from "#core/run/vault-access.ts";
import { type Context, formatContext } from "#core/vault/context.ts";
import { isVaultError } from "#core/vault-error.ts";
import { withPassword } from "../../ask-person.ts";
import { nameList } from "../../name-list.ts";

/**
 * Writes all of them in one step. What hands a value to more hosts or programs takes the master password, as the vault
 * says; undefined = the person didn't give it, and nothing was written.
 */
export async function writeGuarded(
  access: VaultAccess,
  context: Context,
  mode: "create" | "update" | "upsert",
  drafts: readonly SecretDraft[],
): Promise<readonly WrittenSecret[] | undefined> {
  try {
    return await access.write(context, mode, drafts);
  } catch (error) {
    if (!isVaultError(error, "person-required")) throw error;
    return withPassword(
      vscode.l10n.t("Change Who Gets {0}", nameList(drafts.map(({ name }) => name))),
      vscode.l10n.t("This lets the value go to more hosts or programs. Master password:"),
      (password) => access.write(context, mode, drafts, password),
    );
  }
}

/** A first secret brings its environment along. */
export async function ensureEnvironment(access: VaultAccess, context: Context): Promise<void> {
  if (!(await environmentExists(access, context))) await access.createEnvironment(context);
}

export async function environmentExists(access: VaultAccess, { app, environment }: Context): Promise<boolean> {
  const found = (await access.apps()).find((candidate) => candidate.app === app);
  return found?.environments.some((candidate) => candidate.environment === environment) ?? false;
}

/** Says what was stored, and what the person should know of the value. It waits for nobody. */
export function tellStored(context: Context, { name, version, weak }: WrittenSecret, value?: Uint8Array): void {
  const stored = vscode.l10n.t("Stored {0} (version {1}).", `${formatContext(context)}/${name}`, version);
  const isUnfit = value !== undefined && unfitForEnvironment(value) !== undefined;
  const notes = [
    ...(isUnfit
      ? [
          vscode.l10n.t(
            "It is not text, so it can't be an environment variable: store it as base64, or name the others in each run.",
          ),
        ]
      : []),
    ...(weak
      ? [vscode.l10n.t("It is too short or too common to be hidden in every output. Prefer a longer random value.")]
      : []),
  ];
  if (notes.length === 0) vscode.window.setStatusBarMessage(`$(check) ${stored}`, 5000);
  else void vscode.window.showWarningMessage([stored, ...notes].join(" "));
}
