import * as vscode from "vscode";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { type Context, formatContext } from "#core/vault/context.ts";
import { confirmed, withPassword } from "../../ask-person.ts";
import { EnvironmentNode } from "../../tree/nodes.ts";
import type { Window } from "../../window.ts";
import { windowError } from "../../words/error-text.ts";
import { askChoice } from "../secrets/steps.ts";
import { requireOnServer } from "./places.ts";

/** Takes somebody else's environment off this account's list, with its keys. */
export async function leaveEnvironment(window: Window, argument: unknown): Promise<void> {
  requireOnServer(window);
  const access = await window.unlocked();
  const title = vscode.l10n.t("Leave Environment");
  const context = await othersContext(access, argument, title);
  if (context === undefined) return;
  const place = formatContext(context);
  const isSure = await confirmed(
    vscode.l10n.t("Leave {0}?", place),
    vscode.l10n.t("It goes off your list, and its keys from your vault. Only a new invite brings you back."),
    vscode.l10n.t("Leave"),
  );
  if (!isSure) return;
  const prompt = vscode.l10n.t("Master password, to leave {0}", place);
  const outcome = await withPassword(title, prompt, (password) => access.leave(context, password));
  if (outcome === undefined) return;
  window.secrets.refresh();
  void vscode.window.showInformationMessage(
    outcome === "left"
      ? vscode.l10n.t("You have left {0}.", place)
      : vscode.l10n.t(
          "You have left {0}. Its members still have you on their list: ask an admin to remove you, which makes new keys too.",
          place,
        ),
  );
}

async function othersContext(access: VaultAccess, argument: unknown, title: string): Promise<Context | undefined> {
  const status = await access.status();
  const shared = status.kind === "unlocked" ? (status.shared ?? []).map(({ context }) => context) : [];
  if (argument instanceof EnvironmentNode) {
    const place = formatContext(argument.context);
    if (shared.some((context) => formatContext(context) === place)) return argument.context;
    throw windowError(
      "not-permitted",
      vscode.l10n.t("{0} is your own. Remove the others from its members, or delete it.", place),
    );
  }
  if (shared.length === 0) {
    throw windowError(
      "not-permitted",
      vscode.l10n.t("You are in nobody else's environment, so there is none to leave."),
    );
  }
  const choices = shared.map((context) => ({
    label: formatContext(context),
    iconPath: new vscode.ThemeIcon("server-environment"),
    value: context,
  }));
  const answer = await askChoice({ title, at: 1, of: 1 }, vscode.l10n.t("Choose an environment"), choices);
  return typeof answer === "object" ? answer.value : undefined;
}
