import * as vscode from "vscode";
import { findShim, type Shim, shimFor, writeShim } from "../ov-shim.ts";
import type { Window } from "../window.ts";

/** Puts a small script named `ov` where shells find it. undefined = the person doesn't want it. */
export async function installShim(window: Window): Promise<Shim | undefined> {
  const shim = shimFor(window.own, window.extension.extensionPath);
  if (findShim(shim) === "same") return shim;
  const install = vscode.l10n.t("Install");
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t("Install the command 'ov'?"),
    { modal: true, detail: vscode.l10n.t("It is written to {0}, and uses the program of this extension.", shim.file) },
    install,
  );
  if (answer !== install) return undefined;
  writeShim(shim);
  return shim;
}

export async function installOv(window: Window): Promise<void> {
  const shim = await installShim(window);
  if (shim === undefined) return;
  await vscode.window.showInformationMessage(
    shim.isOnPath
      ? vscode.l10n.t("'ov' is installed. Open a new terminal and try: ov --help")
      : vscode.l10n.t(
          "'ov' is in {0}, which is not on your PATH. Add that folder to PATH, then open a new terminal.",
          shim.folder,
        ),
  );
}
