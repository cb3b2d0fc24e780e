import * as vscode from "vscode";
import { type Context, formatContext, isProduction, type SecretName } from "#core/vault/context.ts";
import { withPassword } from "../ask-person.ts";
import { nameList } from "../name-list.ts";
import { pickContext } from "../pick-context.ts";
import { SecretNode } from "../tree/nodes.ts";
import type { Window } from "../window.ts";

/** The way of the keyboard; the mouse drags. */
export async function copyToEnvironment(window: Window, argument: unknown, selection: unknown): Promise<void> {
  const nodes: readonly unknown[] = Array.isArray(selection) && selection.includes(argument) ? selection : [argument];
  const secrets = nodes.filter((node) => node instanceof SecretNode);
  if (secrets.length === 0) return;
  const names = nameList(secrets.map(({ info }) => info.name));
  const to = await pickContext(window, vscode.l10n.t("Copy or move {0} to", names));
  if (to !== undefined) await copyOrMove(window, secrets, to);
}

/** Asks which of both, and for the master password: the other environment may guard a value less. */
export async function copyOrMove(window: Window, secrets: readonly SecretNode[], to: Context): Promise<void> {
  const place = formatContext(to);
  for (const [from, names] of bySource(secrets, place)) {
    const copy = vscode.l10n.t("Copy");
    const move = vscode.l10n.t("Move");
    const answer = await vscode.window.showInformationMessage(
      names.length === 1
        ? vscode.l10n.t("Copy or move {0} from {1} to {2}?", names[0]!, formatContext(from), place)
        : vscode.l10n.t("Copy or move {0} secrets from {1} to {2}?", names.length, formatContext(from), place),
      { modal: true, detail: detail(names, from, to) },
      copy,
      move,
    );
    if (answer === undefined) return;
    const isMove = answer === move;
    const access = await window.unlocked();
    const prompt = vscode.l10n.t("The master password, to put {0} into {1}", nameList(names), place);
    const done = await withPassword(answer, prompt, async (password) => {
      await access.copy(from, names, to, password);
      return true;
    });
    if (done === undefined) return;
    if (isMove) for (const name of names) await access.delete(from, name);
    const told = isMove ? vscode.l10n.t("Moved to {0}.", place) : vscode.l10n.t("Copied to {0}.", place);
    vscode.window.setStatusBarMessage(`$(check) ${told}`, 5000);
  }
}

/** Those that are there already stay where they are. */
function bySource(secrets: readonly SecretNode[], place: string): readonly [Context, SecretName[]][] {
  const sources = new Map<string, [Context, SecretName[]]>();
  for (const { context, info } of secrets) {
    const from = formatContext(context);
    if (from === place) continue;
    const source = sources.get(from) ?? [context, []];
    source[1].push(info.name);
    sources.set(from, source);
  }
  return [...sources.values()];
}

function detail(names: readonly SecretName[], from: Context, to: Context): string {
  return [
    ...(names.length === 1 ? [] : [nameList(names)]),
    vscode.l10n.t("From then on, the policy of {0} says who may use it there.", formatContext(to)),
    ...(isProduction(from) && !isProduction(to)
      ? [vscode.l10n.t("This takes a production value out of production, where every use is asked about.")]
      : []),
    vscode.l10n.t("Earlier versions are not copied. A moved secret can be restored where it was."),
  ].join("\n\n");
}
