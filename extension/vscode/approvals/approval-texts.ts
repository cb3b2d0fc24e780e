import { l10n } from "vscode";
import type { ApprovalTexts } from "../../../webview/approvals-protocol.ts";

export function approvalTexts(): ApprovalTexts {
  return {
    actions: {
      run: l10n.t("wants to run a command with your secrets"),
      shell: l10n.t("wants a shell with your secrets"),
      write: l10n.t("wants to write a secret"),
      delete: l10n.t("wants to delete a secret"),
    },
    answers: {
      deny: l10n.t("Deny"),
      once: l10n.t("Allow once"),
      command: l10n.t("Allow this command until lock"),
      minutes: l10n.t("Allow all of this environment for 15 min"),
      hour: l10n.t("Allow all of this environment for 1 h"),
    },
    labels: {
      command: l10n.t("Command"),
      folder: l10n.t("Folder"),
      secrets: l10n.t("Secrets"),
      placeholders: l10n.t("is given as a placeholder only, and its value goes to"),
      client: l10n.t("Asked by"),
      reason: l10n.t("Reason, in the agent's own words"),
      production: l10n.t("production"),
      projectFile: l10n.t("applies here, and nobody has seen it in this state yet"),
      reach: l10n.t(
        "This command: until a file changes that it names. All of this environment: every command, whoever asks.",
      ),
      left: l10n.t("left"),
      standing: l10n.t("Allowed now"),
      allCommands: l10n.t("every command"),
      untilLock: l10n.t("until lock"),
      end: l10n.t("End"),
      denyAll: l10n.t("Deny all and lock"),
      nothing: l10n.t("Nothing waits for you."),
      none: l10n.t("none"),
    },
  };
}
