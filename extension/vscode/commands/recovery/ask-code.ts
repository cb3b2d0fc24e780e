import * as vscode from "vscode";
import { digitsOf } from "#core/recovery/checked-groups.ts";
import { combineShares, readShare } from "#core/recovery/code-shares.ts";
import { formatRecoveryCode, parseRecoveryCode } from "#core/vault/recovery-code.ts";
import { isVaultError } from "#core/vault-error.ts";
import { askLine } from "../../ask-person.ts";
import { messageOf, refusalOf } from "../../words/error-text.ts";

/** The recovery code, as it is typed or as its shares give it. undefined = the person gave up. */
export async function askRecoveryCode(title: string): Promise<string | undefined> {
  const typed = await askLine({
    title,
    prompt: vscode.l10n.t("Your recovery code, or one of its shares"),
    hidden: true,
    problem: (text) => refusalOf(() => (isShare(text) ? readShare(text) : parseRecoveryCode(text).fill(0))),
  });
  return typed !== undefined && isShare(typed) ? askShares(title, typed) : typed;
}

/** What was typed wrong is asked for again; with the last one, also a share that is not what was handed out. */
async function askShares(title: string, first: string): Promise<string | undefined> {
  const { set, threshold } = readShare(first);
  const shares = [first];
  let code: string | undefined;
  while (code === undefined && shares.length < threshold) {
    const typed = await askLine({
      title,
      prompt: vscode.l10n.t("Share {0} of the {1} that it takes, of set {2}", shares.length + 1, threshold, set),
      hidden: true,
      step: { at: shares.length + 1, of: threshold },
      problem: (text) => problemOf(text, shares, set),
      tryIt: async (text) => {
        if (shares.length + 1 < threshold) return undefined;
        try {
          const bytes = await combineShares([...shares, text]);
          code = formatRecoveryCode(bytes);
          bytes.fill(0);
          return undefined;
        } catch (error) {
          if (isVaultError(error)) return messageOf(error);
          throw error;
        }
      },
    });
    if (typed === undefined) return undefined;
    shares.push(typed);
  }
  return code;
}

function problemOf(text: string, before: readonly string[], set: string): string | undefined {
  const refusal = refusalOf(() => readShare(text));
  if (refusal !== undefined) return refusal;
  const other = readShare(text).set;
  if (other !== set) return vscode.l10n.t("That is a share of set {0}, and the first is of set {1}.", other, set);
  if (before.some((share) => digitsOf(share) === digitsOf(text)))
    return vscode.l10n.t("You have typed this share already.");
  return undefined;
}

/** A code has 36 digits and a share 60: what is between is one of them with a mistake. */
function isShare(text: string): boolean {
  return digitsOf(text).length > 48;
}
