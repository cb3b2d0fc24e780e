import * as vscode from "vscode";
import { formatContext, parseContext } from "#core/vault/context.ts";
import { isVaultError } from "#core/vault-error.ts";
import { askLine, confirmed, withPassword } from "../ask-person.ts";
import { pickContext } from "../pick-context.ts";
import { AppNode, EnvironmentNode } from "../tree/nodes.ts";
import type { Window } from "../window.ts";
import { messageOf, refusalOf, windowError } from "../words/error-text.ts";

export async function createEnvironment(window: Window, argument: unknown): Promise<void> {
  const access = await window.unlocked();
  const app = argument instanceof AppNode ? argument.app : undefined;
  const full = (text: string): string => (app === undefined ? text.trim() : `${app}/${text.trim()}`);
  const text = await askLine({
    title: vscode.l10n.t("Create Environment"),
    prompt:
      app === undefined
        ? vscode.l10n.t("App and environment, with a slash between. An app that isn't there yet is made too.")
        : vscode.l10n.t("The name of the new environment of {0}", app),
    placeholder: app === undefined ? "shop/development" : "staging",
    problem: (typed) => refusalOf(() => parseContext(full(typed))),
    tryIt: async (typed) => {
      try {
        await access.createEnvironment(parseContext(full(typed)));
        return undefined;
      } catch (error) {
        if (isVaultError(error, "context-exists")) return vscode.l10n.t("{0} is there already.", full(typed));
        if (isVaultError(error)) return messageOf(error);
        throw error;
      }
    },
  });
  if (text === undefined) return;
  const use = vscode.l10n.t("Use in This Window");
  const made = vscode.l10n.t("Made {0}.", full(text));
  if ((await window.context.label()) !== undefined) {
    vscode.window.setStatusBarMessage(`$(check) ${made}`, 5000);
    return;
  }
  if ((await vscode.window.showInformationMessage(made, use)) === use) {
    await window.context.choose(parseContext(full(text)));
  }
}

/** There is no way back, so a person confirms it by the master password. Live secrets have to be deleted before. */
export async function deleteEnvironment(window: Window, argument: unknown): Promise<void> {
  const access = await window.unlocked();
  const context =
    argument instanceof EnvironmentNode
      ? argument.context
      : await pickContext(window, vscode.l10n.t("Delete an environment"));
  if (context === undefined) return;
  const place = formatContext(context);
  const live = (await access.list(context)).length;
  if (live > 0) {
    throw windowError(
      "limit-exceeded",
      vscode.l10n.t("{0} still holds secrets ({1}). Delete or move them first.", place, live),
    );
  }
  const deleted = (await access.list(context, { deleted: true })).length;
  const siblings = (await access.apps()).find(({ app }) => app === context.app)?.environments.length ?? 0;
  const isLast = siblings === 1;
  const losses = [
    deleted === 0
      ? vscode.l10n.t("It holds no secrets.")
      : vscode.l10n.t("Its deleted secrets ({0}), with all their versions, are lost.", deleted),
    vscode.l10n.t("Its policy is lost, and its part of the audit log can't be read any more."),
    ...(isLast ? [vscode.l10n.t("It is the last environment of {0}, which goes with it.", context.app)] : []),
    vscode.l10n.t("This can't be undone."),
  ];
  const question = vscode.l10n.t("Delete the environment {0}?", place);
  if (!(await confirmed(question, losses.join("\n\n"), vscode.l10n.t("Delete for Good")))) return;
  const prompt = vscode.l10n.t("The master password, to delete {0} for good", place);
  await withPassword(vscode.l10n.t("Delete Environment"), prompt, async (password) => {
    await access.prove(password);
    await access.deleteEnvironment(context);
    if (isLast) await access.deleteApp(context.app);
  });
}
