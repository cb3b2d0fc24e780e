import * as vscode from "vscode";
import type { SecretInfo } from "#core/run/vault-access.ts";
import { asContextName, type Context } from "#core/vault/context.ts";
import { PROJECT_FILE } from "#core/vault/project-file.ts";
import { isVaultError } from "#core/vault-error.ts";
import { secretRow } from "../tree/row.ts";
import { rowTooltip } from "../tree/row-texts.ts";
import type { Window } from "../window.ts";
import {
  namedContext,
  PROJECT_FILE_KEYS,
  type ProjectFilePlace,
  projectFilePlace,
  usedKeys,
} from "./project-file-place.ts";

export const PROJECT_FILE_SELECTOR: vscode.DocumentSelector = { scheme: "file", pattern: `**/${PROJECT_FILE}` };

/** Keys, and what the unlocked vault has by name. It asks nobody to unlock, and an untrusted folder gets keys only. */
export function projectFileCompletion(window: Window): vscode.CompletionItemProvider {
  return {
    provideCompletionItems: async (document, position) => {
      const text = document.getText();
      const place = projectFilePlace(text, position.line, position.character);
      if (place === undefined) return [];
      const items = await itemsFor(window, place, text);
      const range = new vscode.Range(position.line, place.start, position.line, place.end);
      for (const item of items) item.range = range;
      return items;
    },
  };
}

/** Over the name of a secret: all that is known of it but its value. */
export function projectFileHover(window: Window): vscode.HoverProvider {
  return {
    provideHover: async (document, position) => {
      const text = document.getText();
      const place = projectFilePlace(text, position.line, position.character);
      if (place?.kind !== "secret" || place.word === "") return undefined;
      const listed = await listNamed(window, text);
      const info = listed?.secrets.find(({ name }) => name === place.word);
      if (listed === undefined || info === undefined) return undefined;
      const range = new vscode.Range(position.line, place.start, position.line, place.end);
      return new vscode.Hover(new vscode.MarkdownString().appendText(tooltip(listed.context, info)), range);
    },
  };
}

async function itemsFor(
  window: Window,
  { kind, word }: ProjectFilePlace,
  text: string,
): Promise<vscode.CompletionItem[]> {
  switch (kind) {
    case "key": {
      const used = usedKeys(text);
      return PROJECT_FILE_KEYS.filter((key) => key === word || !used.includes(key)).map(keyItem);
    }
    case "app":
      return (await apps(window)).map(({ app }) => new vscode.CompletionItem(app, vscode.CompletionItemKind.Module));
    case "environment": {
      const { app } = { ...window.context.userDefault, ...namedContext(text) };
      const own = (await apps(window)).filter((each) => app === undefined || each.app === app);
      const names = new Set(own.flatMap(({ environments }) => environments.map(({ environment }) => environment)));
      return [...names].map((name) => new vscode.CompletionItem(name, vscode.CompletionItemKind.EnumMember));
    }
    case "secret": {
      const listed = await listNamed(window, text);
      // A decoy trips when it is named.
      const usable = (listed?.secrets ?? []).filter(({ canary }) => !canary);
      return usable.map((info) => {
        const item = new vscode.CompletionItem(info.name, vscode.CompletionItemKind.Constant);
        item.detail = vscode.l10n.t("version {0}", info.version);
        item.documentation = tooltip(listed!.context, info);
        return item;
      });
    }
  }
}

function keyItem(key: (typeof PROJECT_FILE_KEYS)[number]): vscode.CompletionItem {
  const item = new vscode.CompletionItem(key, vscode.CompletionItemKind.Property);
  item.detail = KEY_TEXTS()[key];
  item.insertText = key === "secrets" ? `${key}:\n  - ` : key === "commands" ? `${key}:\n  ` : `${key}: `;
  return item;
}

const KEY_TEXTS = () => ({
  app: vscode.l10n.t("The app whose secrets this project uses"),
  environment: vscode.l10n.t("Its environment, such as development"),
  secrets: vscode.l10n.t("The only secrets that commands here may have"),
  commands: vscode.l10n.t("Which command may have which secrets; others get none"),
});

async function apps(window: Window) {
  return vscode.workspace.isTrusted ? ((await window.vault.access?.apps()) ?? []) : [];
}

/** The secrets of the context that the file names, as far as it does; undefined where there is none to look at. */
async function listNamed(
  window: Window,
  text: string,
): Promise<{ readonly context: Context; readonly secrets: readonly SecretInfo[] } | undefined> {
  const { access } = window.vault;
  const named = { ...window.context.userDefault, ...namedContext(text) };
  const app = asContextName(named.app ?? "");
  const environment = asContextName(named.environment ?? "");
  if (!vscode.workspace.isTrusted || access === undefined || app === undefined || environment === undefined)
    return undefined;
  const context = { app, environment };
  try {
    return { context, secrets: await access.list(context) };
  } catch (error) {
    if (isVaultError(error, "context-not-found", "vault-locked")) return undefined;
    throw error;
  }
}

function tooltip(context: Context, info: SecretInfo): string {
  const now = Date.now();
  return rowTooltip(context, info, secretRow(info, now), now);
}
