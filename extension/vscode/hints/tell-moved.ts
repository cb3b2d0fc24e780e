import * as vscode from "vscode";
import { formatContext } from "#core/vault/context.ts";
import { lookUp } from "../pick-secret.ts";
import { SecretNode } from "../tree/nodes.ts";
import type { Window } from "../window.ts";
import type { MoveOutcome, Place } from "./move-credential.ts";

type Stored = Exclude<MoveOutcome, { readonly kind: "cancelled" | "changed" }>;

/** Says what is left to do: a value that stood in a file may be known to others, wherever it is now. */
export async function tellMoved(window: Window, document: vscode.TextDocument, outcome: Stored): Promise<void> {
  const place = `${formatContext(outcome.place.context)}/${outcome.place.name}`;
  if (outcome.kind === "stored") {
    const undo = vscode.l10n.t("Undo");
    const answer = await vscode.window.showWarningMessage(storedText(place, outcome), undo);
    if (answer === undo) await (await window.unlocked()).delete(outcome.place.context, outcome.place.name);
  } else if (document.isUntitled) {
    void vscode.window.showInformationMessage(vscode.l10n.t("Moved to {0}.", place));
  } else {
    const rotate = vscode.l10n.t("Rotate");
    const notes = [
      vscode.l10n.t("Moved to {0}.", place),
      ...(document.isDirty ? [vscode.l10n.t("Save the file.")] : []),
      vscode.l10n.t(
        "The old value was on this disk, and may be in git's history: make a new one where it comes from, then rotate the secret.",
      ),
    ];
    const answer = await vscode.window.showWarningMessage(notes.join(" "), rotate);
    if (answer === rotate) await rotateSecret(window, outcome.place);
  }
}

function storedText(place: string, { place: { name }, write }: Stored & { readonly kind: "stored" }): string {
  return write === undefined
    ? vscode.l10n.t(
        "Stored as {0}. The file still holds the value: take it out, and read the environment variable {1} instead.",
        place,
        name,
      )
    : vscode.l10n.t(
        "Stored as {0}. The file still holds the value: write {1} instead, where a variable can stand.",
        place,
        write,
      );
}

async function rotateSecret(window: Window, { context, name }: Place): Promise<void> {
  const info = await lookUp(await window.unlocked(), context, name);
  await vscode.commands.executeCommand("opaquevault.rotateSecret", new SecretNode(context, info));
}
