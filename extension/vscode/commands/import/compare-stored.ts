import * as vscode from "vscode";
import { equal } from "#core/crypto/hash.ts";
import { wipe } from "#core/crypto/wipe.ts";
import type { IncomingPlace, IncomingSecret } from "#core/import/incoming.ts";
import type { SecretInfo, VaultAccess } from "#core/run/vault-access.ts";
import { type Context, formatContext } from "#core/vault/context.ts";
import { withPassword } from "../../ask-person.ts";
import { cancellable } from "../../cancellable.ts";
import { askChoice } from "../secrets/steps.ts";

/**
 * Finds out which stored values are those of the file already. To look at them takes the master password, so the
 * person may go on without. undefined = they gave up.
 */
export async function compareStored(
  access: VaultAccess,
  title: string,
  places: readonly IncomingPlace[],
  known: ReadonlyMap<IncomingPlace, readonly SecretInfo[]>,
): Promise<ReadonlyMap<IncomingSecret, boolean> | undefined> {
  const both = places.flatMap((place) => bothIn(place, known.get(place)!));
  if (both.length === 0) return new Map();
  const where = [...new Set(both.map(({ context }) => formatContext(context)))].join(", ");
  const question = vscode.l10n.t("{0} has {1} of these names already", where, both.length);
  const answer = await askChoice({ title, at: 1, of: 1 }, question, [
    {
      label: vscode.l10n.t("Go On without Comparing"),
      iconPath: new vscode.ThemeIcon("arrow-right"),
      value: false,
    },
    {
      label: vscode.l10n.t("Compare the Values"),
      description: vscode.l10n.t("takes the master password"),
      iconPath: new vscode.ThemeIcon("git-compare"),
      value: true,
    },
  ]);
  if (typeof answer !== "object") return undefined;
  if (!answer.value) return new Map();
  const prompt = vscode.l10n.t("Master password, to see which of the values would change");
  return withPassword(title, prompt, (password) => compareAll(access, both, password));
}

interface Both {
  readonly context: Context;
  readonly secret: IncomingSecret;
}

function bothIn({ context, drafts }: IncomingPlace, known: readonly SecretInfo[]): readonly Both[] {
  // A look at a decoy would be misuse of it.
  const names = new Set(known.filter(({ canary }) => !canary).map(({ name }) => name));
  return drafts.filter(({ name }) => names.has(name)).map((secret) => ({ context, secret }));
}

/** Each look takes its own proof of the password, and stands in the audit log. */
function compareAll(
  access: VaultAccess,
  all: readonly Both[],
  password: Uint8Array,
): Promise<ReadonlyMap<IncomingSecret, boolean>> {
  return cancellable(vscode.l10n.t("Comparing with the vault …"), async (signal, report) => {
    const same = new Map<IncomingSecret, boolean>();
    for (const { context, secret } of all) {
      signal.throwIfAborted();
      const stored = await access.reveal(context, secret.name, undefined, password);
      same.set(secret, equal(stored, secret.value));
      wipe(stored);
      report(same.size / all.length);
    }
    return same;
  });
}
