import * as vscode from "vscode";
import type { VersionInfo } from "#core/run/vault-access.ts";
import { stillVisible } from "#core/run/visible-text.ts";
import { formatContext } from "#core/vault/context.ts";
import { confirmed, withPassword } from "../../ask-person.ts";
import { chooseSecret, type PickedSecret } from "../../pick-secret.ts";
import type { Window } from "../../window.ts";
import { windowError } from "../../words/error-text.ts";
import { type Answer, askChoice, askInSteps, type Position, type Step } from "./steps.ts";
import { tellStored } from "./write-secret.ts";

/** Shows who wrote which version and when, and goes back to one, or destroys those before it. */
export async function secretHistory(window: Window, argument: unknown): Promise<void> {
  const title = vscode.l10n.t("History of a Secret");
  const picked = await chooseSecret(window, argument, title);
  if (picked === undefined) return;
  const versions = await (await window.unlocked()).history(picked.context, picked.info.name);
  const draft: Draft = { at: undefined, action: undefined };
  const place = `${formatContext(picked.context)}/${picked.info.name}`;
  if (
    !(await askInSteps(vscode.l10n.t("History of {0}", place), draft, () => [
      versionStep(versions),
      actionStep(versions),
    ]))
  )
    return;
  const at = draft.at!; // asked
  if (draft.action === "roll-back") await rollBack(window, picked, place, versions[at]!.version);
  else if (draft.action === "purge") await purgeBefore(window, picked, place, versions, at);
}

interface Draft {
  /** Of the versions, newest first. */
  at: number | undefined;
  action: "roll-back" | "purge" | undefined;
}

function versionStep(versions: readonly VersionInfo[]): Step<Draft> {
  return async (draft, position): Promise<Answer<number>> => {
    const choices = versions.map(({ version, createdAt, author, current }, value) => ({
      label: vscode.l10n.t("Version {0}", version),
      description: [
        ...(current ? [vscode.l10n.t("current")] : []),
        timeOf(createdAt),
        vscode.l10n.t("by device {0}", deviceName(author)),
      ].join(" · "),
      iconPath: new vscode.ThemeIcon(current ? "circle-filled" : "circle-outline"),
      value,
    }));
    const answer = await askChoice(position, vscode.l10n.t("Choose a version"), choices, draft.at);
    if (typeof answer === "object") draft.at = answer.value;
    return answer;
  };
}

function actionStep(versions: readonly VersionInfo[]): Step<Draft> {
  return async (draft, position: Position): Promise<Answer<Draft["action"]>> => {
    const at = draft.at!; // asked before
    const { version, current } = versions[at]!;
    const older = versions.length - at - 1;
    const choices = [
      ...(current
        ? []
        : [
            { label: vscode.l10n.t("Roll Back to Version {0}", version), icon: "discard", value: "roll-back" } as const,
          ]),
      ...(older === 0
        ? []
        : [
            {
              label: vscode.l10n.t("Destroy the {0} Before Version {1} …", older, version),
              icon: "trash",
              value: "purge",
            } as const,
          ]),
    ].map(({ icon, ...rest }) => ({ ...rest, iconPath: new vscode.ThemeIcon(icon) }));
    if (choices.length > 0) {
      const answer = await askChoice(position, vscode.l10n.t("What is to be done with it?"), choices);
      if (typeof answer === "object") draft.action = answer.value;
      return answer;
    }
    draft.action = undefined;
    void vscode.window.showInformationMessage(
      vscode.l10n.t("It is the only version, so there is nothing to go back to."),
    );
    return undefined;
  };
}

async function rollBack(
  window: Window,
  { context, info }: PickedSecret,
  place: string,
  version: number,
): Promise<void> {
  const isSure = await confirmed(
    vscode.l10n.t("Make version {0} of {1} the current value again?", version, place),
    vscode.l10n.t("It is stored as a new version. The value that is current now stays in the history."),
    vscode.l10n.t("Roll Back"),
  );
  if (!isSure) return;
  tellStored(context, await (await window.unlocked()).rollback(context, info.name, version));
}

/** There is no way back, so it takes the master password, as on the command line. */
async function purgeBefore(
  window: Window,
  { context, info }: PickedSecret,
  place: string,
  seen: readonly VersionInfo[],
  at: number,
): Promise<void> {
  const { version } = seen[at]!;
  const older = seen.length - at - 1;
  const question = vscode.l10n.t("Destroy all versions of {0} before version {1}, for good?", place, version);
  const detail = vscode.l10n.t("Versions: {0}. Nothing brings them back.", older);
  if (!(await confirmed(question, detail, vscode.l10n.t("Destroy")))) return;
  const access = await window.unlocked();
  const purged = await withPassword(
    vscode.l10n.t("Destroy Old Versions"),
    vscode.l10n.t("Master password"),
    async (password) => {
      await access.prove(password);
      const versions = await access.history(context, info.name);
      const keep = versions.findIndex((other) => other.version === version) + 1;
      // What somebody else has changed meanwhile was not on the list that the person saw.
      if (versions.length !== seen.length || versions[0]?.version !== seen[0]?.version)
        throw windowError(
          "vault-conflict",
          vscode.l10n.t("{0} has changed meanwhile. Look at its history again.", place),
        );
      await access.purge(context, info.name, keep);
      return true;
    },
  );
  if (purged)
    void vscode.window.showInformationMessage(vscode.l10n.t("Destroyed {0} old versions of {1}.", older, place));
}

/** A device is known by random hex, of which the beginning is enough for a person. */
function deviceName(author: string): string {
  return /^[0-9a-f]{32}$/.test(author) ? author.slice(0, 8) : stillVisible(author);
}

function timeOf(ms: number): string {
  return new Date(ms).toLocaleString(vscode.env.language, { dateStyle: "medium", timeStyle: "short" });
}
