import * as vscode from "vscode";
import type { Window } from "../../window.ts";
import { askChoice, type Choice } from "../secrets/steps.ts";

/** What leaves the vault, and how. An environment of our own tree is the one that is exported, or is ticked first. */
export async function exportFrom(window: Window, argument: unknown): Promise<void> {
  const title = vscode.l10n.t("Export");
  const answer = await askChoice({ title, at: 1, of: 1 }, vscode.l10n.t("What shall be exported?"), choices());
  switch (typeof answer === "object" ? answer.value : undefined) {
    case "backup": {
      const { exportBackup } = await import("./export-backup.ts");
      return exportBackup(window);
    }
    case "sealed": {
      const { exportSealed } = await import("./export-sealed.ts");
      return exportSealed(window, argument);
    }
    case "plain": {
      const { exportPlain } = await import("./export-plain.ts");
      return exportPlain(window, argument);
    }
    case undefined:
      return;
  }
}

type Kind = "backup" | "sealed" | "plain";

const choices = (): readonly Choice<Kind>[] => [
  {
    label: vscode.l10n.t("Backup of the Whole Vault"),
    detail: vscode.l10n.t(
      "Encrypted as it is, with history, policies and audit log. Opens with the master password of today, or the recovery code.",
    ),
    iconPath: new vscode.ThemeIcon("archive"),
    value: "backup",
  },
  {
    label: vscode.l10n.t("Encrypted Export under a Passphrase"),
    detail: vscode.l10n.t("The newest values of the environments that you choose, for another vault."),
    iconPath: new vscode.ThemeIcon("lock"),
    value: "sealed",
  },
  {
    label: vscode.l10n.t("Plain Export of One Environment"),
    detail: vscode.l10n.t("Its values in the clear, as a .env file, JSON or YAML. Whoever reads the file has them."),
    iconPath: new vscode.ThemeIcon("warning"),
    value: "plain",
  },
];
