import * as vscode from "vscode";
import { formatContext } from "#core/vault/context.ts";
import type { TokenInfo } from "#core/vault/sharing/tokens.ts";
import { confirmed } from "../../ask-person.ts";
import { timeOf } from "../../server/server-texts.ts";
import { EnvironmentNode } from "../../tree/nodes.ts";
import type { Window } from "../../window.ts";
import { askChoice, type Choice } from "../secrets/steps.ts";
import { requireOnServer } from "../sharing/places.ts";
import { createToken } from "./create-token.ts";
import { tokenName } from "./token-name.ts";

/** The tokens, with their last use; of one environment, where it was asked from that one's menu. One can be ended. */
export async function showTokens(window: Window, argument: unknown): Promise<void> {
  requireOnServer(window);
  const access = await window.unlocked();
  const only = argument instanceof EnvironmentNode ? formatContext(argument.context) : undefined;
  const progress = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t("Asking for the tokens …") };
  const all = await vscode.window.withProgress(progress, () => access.tokens());
  const tokens = all.filter(({ contexts }) => only === undefined || contexts.map(formatContext).includes(only));
  const choices: readonly Choice<TokenInfo | "new">[] = [
    ...tokens.map((token) => ({
      label: tokenName(token),
      description: token.contexts.map(formatContext).join(", "),
      detail: useOf(token),
      iconPath: new vscode.ThemeIcon(token.expiresAt > Date.now() ? "key" : "circle-slash"),
      value: token,
    })),
    { label: vscode.l10n.t("Create Token …"), iconPath: new vscode.ThemeIcon("add"), value: "new" },
  ];
  const title = only === undefined ? vscode.l10n.t("Tokens") : vscode.l10n.t("Tokens of {0}", only);
  const placeholder =
    tokens.length === 0 ? vscode.l10n.t("There are no tokens") : vscode.l10n.t("Choose a token to revoke it");
  const answer = await askChoice({ title, at: 1, of: 1 }, placeholder, choices);
  if (typeof answer !== "object") return;
  if (answer.value === "new") await createToken(window, argument);
  else await revoke(window, answer.value);
}

async function revoke(window: Window, token: TokenInfo): Promise<void> {
  const name = tokenName(token);
  const places = token.contexts.map(formatContext).join(", ");
  const isSure = await confirmed(
    vscode.l10n.t("Revoke the token {0}?", name),
    [
      places,
      useOf(token),
      vscode.l10n.t("It ends at once, and its environments get new keys. What reads with it fails from now on."),
      vscode.l10n.t("What it has read before may be known: rotate the values that must not be."),
    ].join("\n\n"),
    vscode.l10n.t("Revoke"),
  );
  if (!isSure) return;
  const access = await window.unlocked();
  const progress = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t("Making new keys …") };
  await vscode.window.withProgress(progress, () => access.revokeToken(token.id));
  void vscode.window.showInformationMessage(vscode.l10n.t("{0} is ended, and {1} has new keys.", name, places));
}

function useOf({ expiresAt, addresses, usedAt, usedAddress = "?" }: TokenInfo): string {
  const { l10n } = vscode;
  return [
    usedAt === undefined ? l10n.t("never used") : l10n.t("used last {0} from {1}", timeOf(usedAt), usedAddress),
    expiresAt > Date.now() ? l10n.t("until {0}", timeOf(expiresAt)) : l10n.t("expired"),
    ...(addresses.length === 0 ? [] : [l10n.t("only from {0}", addresses.join(", "))]),
  ].join(" · ");
}
