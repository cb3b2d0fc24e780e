import * as vscode from "vscode";
import { type Context, formatContext } from "#core/vault/context.ts";
import type { MemberInfo } from "#core/vault/sharing/list-members.ts";
import { confirmed, withPassword } from "../../ask-person.ts";
import type { Window } from "../../window.ts";

/** New keys for those who stay. Says before and after what the removed one may have kept, and what so needs new values. */
export async function removeMember(window: Window, context: Context, { who, fingerprint }: MemberInfo): Promise<void> {
  const access = await window.unlocked();
  const place = formatContext(context);
  const readable = (await access.list(context)).filter(({ canary }) => !canary).map(({ name }) => name);
  const isSure = await confirmed(
    vscode.l10n.t("Remove {0} from {1}?", who, place),
    [
      vscode.l10n.t(
        "The environment gets new keys, which {0} doesn't get: nothing written from now on can be read.",
        who,
      ),
      ...(readable.length === 0 ? [] : [toReplace(readable)]),
    ].join("\n\n"),
    vscode.l10n.t("Remove"),
  );
  if (!isSure) return;
  const title = vscode.l10n.t("Remove Member");
  const prompt = vscode.l10n.t("Master password, to remove {0} from {1}", who, place);
  const progress = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t("Making new keys …") };
  const removed = await withPassword(title, prompt, (password) =>
    Promise.resolve(vscode.window.withProgress(progress, () => access.removeMember(context, fingerprint, password))),
  );
  if (removed === undefined) return;
  window.secrets.refresh();
  const close = { title: vscode.l10n.t("Close"), isCloseAffordance: true };
  const detail = removed.toRotate.length === 0 ? "" : toReplace(removed.toRotate);
  const told = vscode.l10n.t("{0} is out of {1}, which has new keys.", removed.who, place);
  await vscode.window.showInformationMessage(told, { modal: true, detail }, close);
}

function toReplace(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join("\n");
  const rest = names.length > SHOWN ? `\n${vscode.l10n.t("and {0} more", names.length - SHOWN)}` : "";
  return `${vscode.l10n.t("What could be read until now may have been kept. Replace these at their source; the tree marks them until you do:")}\n\n${shown}${rest}`;
}

/** As many lines as a dialog has room for. */
const SHOWN = 15;
