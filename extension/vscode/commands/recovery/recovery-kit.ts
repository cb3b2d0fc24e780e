import { rmSync } from "node:fs";
import * as vscode from "vscode";
import { wipe } from "#core/crypto/wipe.ts";
import type { RecoveryKit } from "#core/recovery/recovery-kit.ts";
import { kitPage } from "#core/recovery/recovery-kit-page.ts";
import { writeBeside } from "#mcp/device/private-file.ts";
import { replaceKit } from "#mcp/device/replace-kit.ts";
import { withPassword } from "../../ask-person.ts";
import type { Window } from "../../window.ts";
import { windowError } from "../../words/error-text.ts";
import { confirmGroups } from "./confirm-groups.ts";
import { choosePrivatePlace } from "./private-place.ts";

/**
 * A new recovery kit, as a page in a file that the person chooses, confirmed by two groups of its code. The code is in
 * that file and nowhere else: other extensions read notifications, editors, logs and the clipboard.
 */
export async function makeRecoveryKit(window: Window): Promise<void> {
  const title = vscode.l10n.t("Make Recovery Kit");
  const access = await window.unlocked();
  const prompt = vscode.l10n.t("Master password, to make a new recovery kit");
  const password = await withPassword(title, prompt, async (typed) => {
    await access.prove(typed);
    // A copy, since the box wipes its own as soon as it closes.
    return Uint8Array.from(typed);
  });
  if (password === undefined) return;
  // The kit is made with keys of its own, which a lock of the window is to end as well.
  const locked = new AbortController();
  const watch = window.vault.onDidChange(({ kind }) => kind !== "unlocked" && locked.abort());
  try {
    const file = await chooseFile(window);
    if (file === undefined) return;
    await replaceKit(window.own.paths, password, (kit) => handOver(kit, file, title, locked.signal));
    await offerDeletion(file);
  } finally {
    watch.dispose();
    wipe(password);
  }
}

function chooseFile(window: Window): Promise<string | undefined> {
  return choosePrivatePlace(window, {
    title: vscode.l10n.t("Save the recovery kit, to print it"),
    name: "opaquevault-recovery-kit.html",
    filters: { [vscode.l10n.t("Page to print")]: ["html"] },
    refusal: vscode.l10n.t(
      "The recovery kit was not made: agents, extensions and git read what is in an open folder. Choose a place outside of it.",
    ),
  });
}

/** Resolves once the person has typed two groups of the code. Else the file goes, and `cancelled` is thrown. */
async function handOver(kit: RecoveryKit, file: string, title: string, locked: AbortSignal): Promise<void> {
  writeBeside(file, kitPage(kit), 0o600);
  try {
    await confirmPrinted(kit, file, title, locked);
  } catch (error) {
    rmSync(file, { force: true });
    void vscode.window.showInformationMessage(
      vscode.l10n.t("{0} is deleted, since it was not confirmed. The recovery kit of before stays good.", file),
    );
    throw error;
  }
}

async function confirmPrinted(kit: RecoveryKit, file: string, title: string, locked: AbortSignal): Promise<void> {
  const printed = vscode.l10n.t("I Have Printed It");
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t("Print the recovery kit now"),
    {
      modal: true,
      detail: vscode.l10n.t(
        "It is in {0}. Open it in a browser, print it and check the page. Then type two groups of its code from the paper: until they are right the code of before is the good one, and afterwards only the new one.",
        file,
      ),
    },
    printed,
  );
  if (answer !== printed || !(await confirmGroups(title, kit.code, locked))) {
    throw windowError("cancelled", vscode.l10n.t("That was cancelled."));
  }
}

/** In a dialog that waits: the file opens the vault for as long as it is there. */
async function offerDeletion(file: string): Promise<void> {
  const remove = { title: vscode.l10n.t("Delete the File"), isCloseAffordance: false };
  const keep = { title: vscode.l10n.t("Keep It for Now"), isCloseAffordance: true };
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t("The recovery kit is confirmed."),
    {
      modal: true,
      detail: vscode.l10n.t(
        "The code of the one before opens nothing any more: destroy it. {0} opens the vault without the password, so delete it once it is printed.",
        file,
      ),
    },
    remove,
    keep,
  );
  if (answer === remove) rmSync(file, { force: true });
}
