import { rmSync } from "node:fs";
import * as vscode from "vscode";
import { wipe } from "#core/crypto/wipe.ts";
import { type CodeShare, MOST_SHARES, splitCode } from "#core/recovery/code-shares.ts";
import { parseRecoveryCode } from "#core/vault/recovery-code.ts";
import { isRecoveryCode } from "#core/vault/vault.ts";
import { isVaultError } from "#core/vault-error.ts";
import { writeBeside } from "#mcp/device/private-file.ts";
import { thisVault } from "#mcp/device/this-vault.ts";
import { askLine } from "../../ask-person.ts";
import type { Window } from "../../window.ts";
import { messageOf, refusalOf, windowError } from "../../words/error-text.ts";
import { askChoice, askInSteps, askText, type Choice, type Step } from "../secrets/steps.ts";
import { confirmGroups } from "./confirm-groups.ts";
import { choosePrivatePlace, type WantedPlace } from "./private-place.ts";

/**
 * Parts of the recovery code for several people, of whom some together can recover. Each is in one dialog, which no
 * other extension reads, and confirmed by two of its groups from the paper.
 */
export async function splitRecoveryCode(window: Window): Promise<void> {
  const title = vscode.l10n.t("Split Recovery Code into Shares");
  await window.unlocked();
  const locked = new AbortController();
  const watch = window.vault.onDidChange(({ kind }) => kind !== "unlocked" && locked.abort());
  try {
    const text = await askOwnCode(window, title, locked.signal);
    const size = text && (await askSize(title, locked.signal));
    if (text === undefined || !size) return;
    const code = parseRecoveryCode(text);
    const shares = await splitCode(code, size.shares, size.threshold).finally(() => wipe(code));
    await handOver(window, title, shares, locked.signal);
  } finally {
    watch.dispose();
  }
}

/** The code that opens this vault now: shares of another one would be found out on the day when they are needed. */
function askOwnCode({ own }: Window, title: string, locked: AbortSignal): Promise<string | undefined> {
  return askLine(
    {
      title,
      prompt: vscode.l10n.t("Your recovery code, from the newest kit"),
      hidden: true,
      problem: (text) => refusalOf(() => parseRecoveryCode(text).fill(0)),
      tryIt: async (text) => {
        const code = parseRecoveryCode(text);
        const isRight = await isRecoveryCode(await thisVault(own.paths), code).finally(() => wipe(code));
        return isRight
          ? undefined
          : vscode.l10n.t("That code opens this vault no more, or never did. Use that of the newest kit.");
      },
    },
    locked,
  );
}

interface Size {
  readonly threshold: number;
  readonly shares: number;
}

interface SizeDraft {
  chosen: Size | "other" | undefined;
  typed: Size | undefined;
}

async function askSize(title: string, locked: AbortSignal): Promise<Size | undefined> {
  const draft: SizeDraft = { chosen: undefined, typed: undefined };
  const stepsOf = ({ chosen }: SizeDraft): readonly Step<SizeDraft>[] =>
    chosen === "other" ? [listStep, typeStep] : [listStep];
  if (!(await askInSteps(title, draft, stepsOf, locked))) return undefined;
  return draft.chosen === "other" ? draft.typed : draft.chosen;
}

const listStep: Step<SizeDraft> = async (draft, position) => {
  const choices: readonly Choice<Size | "other">[] = [
    ...SIZES.map((size) => ({
      label: vscode.l10n.t("{0} of {1}", size.threshold, size.shares),
      iconPath: new vscode.ThemeIcon("organization"),
      value: size,
    })),
    { label: vscode.l10n.t("Other Numbers …"), iconPath: new vscode.ThemeIcon("edit"), value: "other" },
  ];
  const question = vscode.l10n.t("How many shares recover together, of how many?");
  const answer = await askChoice(position, question, choices, draft.chosen);
  if (typeof answer === "object") draft.chosen = answer.value;
  return answer;
};

const typeStep: Step<SizeDraft> = async (draft, position) => {
  const answer = await askText(position, {
    prompt: vscode.l10n.t("How many recover together, and how many there are, from 2 to {0}: such as 3/5", MOST_SHARES),
    problem: (text) =>
      sizeOf(text) === undefined ? vscode.l10n.t("Two numbers with a slash between, such as 3/5.") : undefined,
  });
  if (typeof answer === "object") draft.typed = sizeOf(answer.value);
  return answer;
};

function sizeOf(text: string): Size | undefined {
  const match = /^\s*(\d{1,3})\s*\/\s*(\d{1,3})\s*$/.exec(text);
  const [threshold, shares] = [Number(match?.[1]), Number(match?.[2])];
  return threshold >= 2 && threshold <= shares && shares <= MOST_SHARES ? { threshold, shares } : undefined;
}

const SIZES: readonly Size[] = [
  { threshold: 2, shares: 3 },
  { threshold: 2, shares: 2 },
  { threshold: 3, shares: 5 },
];

async function handOver(
  window: Window,
  title: string,
  shares: readonly CodeShare[],
  locked: AbortSignal,
): Promise<void> {
  const files: string[] = [];
  const [{ set }] = shares as readonly [CodeShare, ...CodeShare[]]; // two at least
  try {
    for (const [at, share] of shares.entries()) await handOverOne(window, title, share, at + 1, files, locked);
  } catch (error) {
    for (const file of files) rmSync(file, { force: true });
    void vscode.window.showInformationMessage(
      vscode.l10n.t("Stopped before all shares were on paper. Destroy those of set {0} that are.", set),
    );
    throw error;
  }
  await tellDone(shares, files);
}

/** Shown until two of its groups were typed right from the paper. */
async function handOverOne(
  window: Window,
  title: string,
  share: CodeShare,
  number: number,
  files: string[],
  locked: AbortSignal,
): Promise<void> {
  const noted = vscode.l10n.t("It Is on Paper");
  const save = vscode.l10n.t("Save to a File …");
  let note: string | undefined;
  for (;;) {
    const detail = shareText(share, number, inTwoRows(share.text));
    const answer = await vscode.window.showWarningMessage(
      vscode.l10n.t("Share {0} of {1} of your recovery code", number, share.shares),
      { modal: true, detail: note === undefined ? detail : `${detail}\n\n${note}` },
      noted,
      save,
    );
    if (answer === undefined || locked.aborted) throw windowError("cancelled", vscode.l10n.t("That was cancelled."));
    if (answer === save) note = await saveShare(window, share, number, files);
    else if (await confirmGroups(title, share.text, locked)) return;
  }
}

function shareText({ set, threshold }: CodeShare, number: number, groups: string): string {
  return [
    vscode.l10n.t("Set {0}, share {1}", set, number),
    groups,
    vscode.l10n.t(
      "For one person alone, on paper. Any {0} shares of this set give the code back, and fewer tell nothing of it.",
      threshold,
    ),
  ].join("\n\n");
}

/** A dialog is narrow. */
function inTwoRows(text: string): string {
  const groups = text.split("-");
  return `${groups.slice(0, 5).join("-")}-\n${groups.slice(5).join("-")}`;
}

/** What the dialog says of it when it comes back. */
async function saveShare(
  window: Window,
  share: CodeShare,
  number: number,
  files: string[],
): Promise<string | undefined> {
  const wanted: WantedPlace = {
    title: vscode.l10n.t("Save the share, to print it"),
    name: `recovery-share-${number}-of-${share.shares}-set-${share.set}.txt`,
    filters: { [vscode.l10n.t("Text")]: ["txt"] },
    refusal: vscode.l10n.t(
      "The share was not saved: agents, extensions and git read what is in an open folder. Choose a place outside of it.",
    ),
  };
  try {
    const file = await choosePrivatePlace(window, wanted);
    if (file === undefined) return undefined;
    writeBeside(file, `${shareText(share, number, share.text)}\n`, 0o600);
    files.push(file);
    return vscode.l10n.t("It is in {0}. Print it, and check the paper.", file);
  } catch (error) {
    if (isVaultError(error)) return messageOf(error);
    throw error;
  }
}

async function tellDone(shares: readonly CodeShare[], files: readonly string[]): Promise<void> {
  const remove = { title: vscode.l10n.t("Delete the Files"), isCloseAffordance: false };
  const close = { title: vscode.l10n.t("Close"), isCloseAffordance: true };
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t("All {0} shares of set {1} are on paper.", shares.length, shares[0]!.set),
    {
      modal: true,
      detail: [
        vscode.l10n.t(
          "A new recovery kit makes them worthless. Whoever keeps the whole code still opens the vault alone: destroy that paper.",
        ),
        ...files,
      ].join("\n\n"),
    },
    ...(files.length === 0 ? [close] : [remove, close]),
  );
  if (answer === remove) for (const file of files) rmSync(file, { force: true });
}
