import * as vscode from "vscode";
import { type Context, formatContext } from "#core/vault/context.ts";
import type { Role } from "#core/vault/manifest.ts";
import type { MemberInfo } from "#core/vault/sharing/list-members.ts";
import { requirePersonName } from "#core/vault/sharing/people.ts";
import { isVaultError } from "#core/vault-error.ts";
import { wordRows } from "#mcp/device/find-server.ts";
import { askLine, withPassword } from "../../ask-person.ts";
import { EnvironmentNode } from "../../tree/nodes.ts";
import type { Window } from "../../window.ts";
import { messageOf, refusalOf } from "../../words/error-text.ts";
import { askChoice, type Choice } from "../secrets/steps.ts";
import { leaveEnvironment } from "./leave.ts";
import { removeMember } from "./remove-member.ts";
import { ROLES, roleIcon, roleMeaning, roleText } from "./sharing-words.ts";

export type MemberAction = "words" | "name" | "role" | "remove" | "leave";

/** What `role` may do with a member. An environment keeps its owner, as admin. */
export function memberActions(role: Role, { isYou, isOwner }: MemberInfo): readonly Choice<MemberAction>[] {
  const { l10n } = vscode;
  const all: readonly (Choice<MemberAction> & { readonly isOffered: boolean })[] = [
    { label: l10n.t("Show the Words"), iconPath: icon("comment"), value: "words", isOffered: true },
    { label: l10n.t("Change the Name …"), iconPath: icon("tag"), value: "name", isOffered: !isYou },
    {
      label: l10n.t("Change the Role …"),
      iconPath: icon("shield"),
      value: "role",
      isOffered: role === "admin" && !isYou && !isOwner,
    },
    {
      label: l10n.t("Remove …"),
      iconPath: icon("trash"),
      value: "remove",
      isOffered: role === "admin" && !isYou && !isOwner,
    },
    {
      label: l10n.t("Leave Environment"),
      iconPath: icon("sign-out"),
      value: "leave",
      isOffered: isYou && !isOwner,
    },
  ];
  return all.filter(({ isOffered }) => isOffered);
}

export async function takeAction(
  window: Window,
  context: Context,
  member: MemberInfo,
  action: MemberAction,
): Promise<void> {
  switch (action) {
    case "words":
      return showWords(member);
    case "name":
      return nameMember(window, context, member);
    case "role":
      return changeRole(window, context, member);
    case "remove":
      return removeMember(window, context, member);
    case "leave":
      return leaveEnvironment(window, new EnvironmentNode(context));
  }
}

async function showWords({ who, words, isYou }: MemberInfo): Promise<void> {
  const close = { title: vscode.l10n.t("Close"), isCloseAffordance: true };
  const hint = isYou
    ? vscode.l10n.t("The others see these words of you.")
    : vscode.l10n.t(
        'They see the same under "Words of your account" of "Devices of a Server". Compare them on the phone: if they differ, somebody else has their place. Remove that member then.',
      );
  const detail = `${wordRows(words.split(" ")).join("\n")}\n\n${hint}`;
  await vscode.window.showInformationMessage(vscode.l10n.t("The words of {0}", who), { modal: true, detail }, close);
}

async function nameMember(window: Window, context: Context, { fingerprint, name = "" }: MemberInfo): Promise<void> {
  const access = await window.unlocked();
  await askLine({
    title: vscode.l10n.t("Name of a Member"),
    prompt: vscode.l10n.t("What you call them. Only you see it."),
    value: name,
    problem: (text) => refusalOf(() => requirePersonName(text)),
    tryIt: async (text) => {
      try {
        await access.nameMember(context, fingerprint, text);
        return undefined;
      } catch (error) {
        if (isVaultError(error)) return messageOf(error);
        throw error;
      }
    },
  });
}

async function changeRole(window: Window, context: Context, { who, fingerprint, role }: MemberInfo): Promise<void> {
  const access = await window.unlocked();
  const title = vscode.l10n.t("Change Role");
  const choices = ROLES.map((each) => ({
    label: roleText(each),
    ...(each === role ? { description: vscode.l10n.t("now") } : {}),
    detail: roleMeaning(each),
    iconPath: icon(roleIcon(each)),
    value: each,
  }));
  const answer = await askChoice({ title, at: 1, of: 1 }, vscode.l10n.t("Choose what {0} may do", who), choices, role);
  if (typeof answer !== "object" || answer.value === role) return;
  const next = answer.value;
  const place = formatContext(context);
  const prompt = vscode.l10n.t("Master password, to make {0} {1} of {2}", who, roleText(next), place);
  const isDone = await withPassword(title, prompt, async (password) => {
    await access.setRole(context, fingerprint, next, password);
    return true;
  });
  if (isDone)
    void vscode.window.showInformationMessage(vscode.l10n.t("{0} is {1} of {2} now.", who, roleText(next), place));
}

function icon(id: string): vscode.ThemeIcon {
  return new vscode.ThemeIcon(id);
}
