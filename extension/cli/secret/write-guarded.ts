import type { SecretDraft, WrittenSecret } from "#core/run/vault-access.ts";
import type { Context } from "#core/vault/context.ts";
import { isVaultError, VaultError } from "#core/vault-error.ts";
import { hasTerminal, withTerminal } from "../terminal.ts";
import type { OpenedVault } from "../with-access.ts";
import { withProof } from "../with-approval.ts";
import { type DetailOptions, mayWiden } from "./details.ts";

/** Before a value is typed in vain: an agent's tool call has no terminal, and must not say who gets a value. */
export function requirePersonFor(options: DetailOptions): void {
  if (!mayWiden(options) || hasTerminal()) return;
  throw new VaultError(
    "person-required",
    "--allow-host, --no-placeholder and places after --placeholder say who may get a value, and need a person at a terminal. Run it in a terminal of your own.",
  );
}

/** Writes one secret. What hands its value to more hosts or programs takes the master password, as the vault says. */
export async function writeGuarded(
  opened: OpenedVault,
  context: Context,
  mode: "create" | "update",
  draft: SecretDraft,
): Promise<readonly WrittenSecret[]> {
  return writeAllGuarded(opened, context, mode, [draft]);
}

/** The same with several, in one step. */
export async function writeAllGuarded(
  opened: OpenedVault,
  context: Context,
  mode: "create" | "update" | "upsert",
  drafts: readonly SecretDraft[],
): Promise<readonly WrittenSecret[]> {
  try {
    return await opened.access.write(context, mode, drafts);
  } catch (error) {
    if (!isVaultError(error, "person-required") || !hasTerminal()) throw error;
    return withTerminal("Handing a value to more", (terminal) => {
      terminal.output.write(`${error.message}\n`);
      return withProof(terminal, opened, (password) => opened.access.write(context, mode, drafts, password));
    });
  }
}
