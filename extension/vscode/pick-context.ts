import * as vscode from "vscode";
import { type Context, formatContext, requireContext } from "#core/vault/context.ts";
import type { Window } from "./window.ts";

/** Asks for a context, that of this window first. undefined = the person closed the list. */
export async function pickContext(window: Window, title?: string): Promise<Context | undefined> {
  const access = await window.unlocked();
  const active = await window.context.label();
  const contexts = (await access.apps()).flatMap(({ app, environments }) =>
    environments.map(({ environment, secrets, production }) => ({
      context: requireContext(app, environment),
      secrets,
      production,
    })),
  );
  const items = contexts.map(({ context, secrets, production }) => ({
    label: `${formatContext(context) === active ? "$(target) " : ""}${formatContext(context)}`,
    description: [
      secrets === 1 ? vscode.l10n.t("1 secret") : vscode.l10n.t("{0} secrets", secrets),
      ...(production ? [vscode.l10n.t("production")] : []),
    ].join(" · "),
    context,
    isActive: formatContext(context) === active,
  }));
  if (items.length === 0) {
    await vscode.window.showInformationMessage(vscode.l10n.t("The vault has no environment yet. Create one first."));
    return undefined;
  }
  items.sort((one, other) => Number(other.isActive) - Number(one.isActive));
  const picked = await vscode.window.showQuickPick(items, {
    title: `OpaqueVault: ${title ?? vscode.l10n.t("Choose an environment")}`,
    matchOnDescription: true,
  });
  return picked?.context;
}
