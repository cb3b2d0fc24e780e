import * as vscode from "vscode";
import { describeCommand } from "#core/run/command.ts";
import { abortRotation, continueRotation, endByHand } from "#core/run/rotation/rotate.ts";
import type { RotationInfo } from "#core/run/rotation/rotation-step.ts";
import { stillVisible } from "#core/run/visible-text.ts";
import { formatContext } from "#core/vault/context.ts";
import { confirmed } from "../../ask-person.ts";
import type { OpenRotation } from "../../open-rotations.ts";
import { timeOf } from "../../server/server-texts.ts";
import { SecretNode } from "../../tree/nodes.ts";
import type { Window } from "../../window.ts";
import { windowError } from "../../words/error-text.ts";
import { phaseText } from "../../words/rotation-words.ts";
import { askChoice, askInSteps, type Choice, type Step } from "../secrets/steps.ts";
import { type RotationOf, rotateHere, rotateInTerminal } from "./rotation-deps.ts";
import { commandStep, type ProgramDraft, placesOf } from "./rotation-steps.ts";

/** Rotations that were cut off; of a row of the tree its own. One of them is gone on with, or given up. */
export async function showRotations(window: Window, argument: unknown): Promise<void> {
  const access = await window.unlocked();
  const open = await window.rotations.read(access);
  const own = argument instanceof SecretNode ? open.filter((rotation) => isOfNode(rotation, argument)) : open;
  const [only] = own;
  if (only === undefined) {
    await vscode.window.showInformationMessage(vscode.l10n.t("No rotation is under way."));
    return;
  }
  if (own.length === 1) return goOnWith(window, only);
  const choices = own.map((rotation) => ({
    label: placesOf(rotation),
    description: rotation.isElsewhere
      ? vscode.l10n.t("being rotated in another process")
      : vscode.l10n.t("Begun {0}: {1}", timeOf(rotation.began), phaseText(rotation.phase)),
    iconPath: new vscode.ThemeIcon(rotation.isElsewhere ? "sync~spin" : "sync-ignored"),
    value: rotation,
  }));
  const title = vscode.l10n.t("Rotations That Have Not Ended");
  const answer = await askChoice(
    { title, at: 1, of: 1 },
    vscode.l10n.t("Choose one to go on with it, or to give it up"),
    choices,
  );
  if (typeof answer === "object") await goOnWith(window, answer.value);
}

/** Asks what becomes of a rotation that has not ended, and does it. */
export async function goOnWith(window: Window, rotation: OpenRotation): Promise<void> {
  if (rotation.isElsewhere) throw atWorkElsewhere(rotation);
  const title = vscode.l10n.t("The Rotation of {0}", placesOf(rotation));
  const draft: Draft = { way: undefined, provider: rotation.provider };
  const steps = ({ way }: Draft): readonly Step<Draft>[] => [
    wayStep(rotation),
    ...(way === "other" ? [commandStep<Draft>(window)] : []),
  ];
  if (!(await askInSteps(title, draft, steps))) return;
  switch (draft.way) {
    case undefined:
      return;
    case "revoked":
      return endAfterAsking(window, rotation);
    case "abort":
      return settle(window, rotation, abortRotation);
    case "resume":
      return settle(window, rotation, continueRotation);
    case "other": {
      const { provider } = draft;
      return go(window, provider === undefined ? rotation : { ...rotation, provider }, continueRotation);
    }
  }
}

/** For a rotation by a program that failed or was cut off. Says nothing where it was taken back at both ends. */
export async function tellOpen(window: Window, { name, contexts }: RotationOf): Promise<void> {
  const open = contexts.map((context) => window.rotations.of(context, name)).find((rotation) => rotation !== undefined);
  if (open === undefined || open.isElsewhere) return;
  const show = vscode.l10n.t("Resume or Give Up …");
  const text = vscode.l10n.t("The rotation of {0} has not ended: {1}", placesOf(open), phaseText(open.phase));
  if ((await vscode.window.showWarningMessage(text, show)) !== show) return;
  const { telling } = await import("../../show-error.ts");
  await telling(window.log, () => goOnWith(window, open));
}

type Way = "resume" | "abort" | "other" | "revoked";

interface Draft extends ProgramDraft {
  way: Way | undefined;
}

function wayStep(rotation: RotationInfo): Step<Draft> {
  return async (draft, position) => {
    const placeholder = vscode.l10n.t("Begun {0}: {1}", timeOf(rotation.began), phaseText(rotation.phase));
    const answer = await askChoice(position, placeholder, waysOf(rotation), draft.way);
    if (typeof answer === "object") draft.way = answer.value;
    return answer;
  };
}

/** Once the new value is stored everywhere there is only going on, since the old one may be revoked already. */
export function waysOf({ phase, provider }: RotationInfo): readonly Choice<Way>[] {
  const { l10n } = vscode;
  const way = (value: Way, label: string, description: string, icon: string): Choice<Way> => ({
    ...{ label, description, value, iconPath: new vscode.ThemeIcon(icon) },
  });
  const resume = way("resume", l10n.t("Resume"), l10n.t("until both ends have the new value"), "debug-continue");
  const giveUp = way("abort", l10n.t("Give Up"), l10n.t("both ends keep the old value"), "discard");
  const other = way("other", l10n.t("Resume by Another Program …"), "", "terminal");
  const byHand = l10n.t("I Have Revoked the Old Value Myself");
  switch (phase) {
    case "making":
    case "made":
      return [resume, giveUp, ...(provider === undefined ? [] : [other])];
    case "stored":
      return [resume, ...(provider === undefined ? [] : [other]), way("revoked", byHand, "", "check")];
    case "discarding":
      return [giveUp];
  }
}

/** Whoever may write in an environment could have put a program there: a person sees it before it is run here. */
async function settle(window: Window, rotation: RotationInfo, by: typeof continueRotation): Promise<void> {
  const { provider } = rotation;
  if (provider === undefined) return go(window, rotation, by);
  const isMeant = await confirmed(
    vscode.l10n.t("Go on by this program?"),
    vscode.l10n.t(
      "{0}\n\nIn {1}, with {2}. It is the one that the rotation began with.",
      stillVisible(describeCommand(provider.command)),
      stillVisible(provider.cwd),
      [rotation.name, ...provider.secrets].join(", "),
    ),
    vscode.l10n.t("Go On"),
  );
  if (isMeant) await go(window, rotation, by);
}

async function go(window: Window, rotation: RotationInfo, by: typeof continueRotation): Promise<void> {
  const told = (): void => tell(rotation, by === abortRotation || rotation.phase === "discarding");
  if (rotation.provider === undefined) {
    await rotateHere(window, rotation, undefined, (deps) => by(deps, rotation));
    return told();
  }
  rotateInTerminal(
    window,
    rotation,
    (deps) => by(deps, rotation),
    (isDone) => (isDone ? told() : void tellOpen(window, rotation)),
  );
}

function tell(rotation: RotationInfo, hasOldValue: boolean): void {
  const places = placesOf(rotation);
  const text = hasOldValue
    ? vscode.l10n.t("{0} has its old value.", places)
    : vscode.l10n.t("{0} has its new value.", places);
  vscode.window.setStatusBarMessage(`$(check) ${text}`, 5000);
}

async function endAfterAsking(window: Window, rotation: RotationInfo): Promise<void> {
  const isSure = await confirmed(
    vscode.l10n.t("Have you revoked the old value of {0} at its source?", placesOf(rotation)),
    vscode.l10n.t("OpaqueVault forgets the old value then, and nothing reminds of it any more."),
    vscode.l10n.t("It Is Revoked"),
  );
  if (!isSure) return;
  const access = await window.unlocked();
  await endByHand({ access, claim: window.rotations.claim }, rotation);
  await window.rotations.look();
  tell(rotation, false);
}

function atWorkElsewhere(rotation: RotationInfo): Error {
  return windowError(
    "vault-conflict",
    vscode.l10n.t(
      "{0} is being rotated in another process, such as a terminal or another window. Wait until it is over, or end it there.",
      placesOf(rotation),
    ),
  );
}

function isOfNode({ name, contexts }: RotationInfo, { context, info }: SecretNode): boolean {
  const place = formatContext(context);
  return name === info.name && contexts.some((each) => formatContext(each) === place);
}
