import * as vscode from "vscode";
import { type Context, formatContext } from "#core/vault/context.ts";
import type { EnvironmentMembers, InviteInfo, MemberInfo } from "#core/vault/sharing/list-members.ts";
import { confirmed } from "../../ask-person.ts";
import { timeOf } from "../../server/server-texts.ts";
import { EnvironmentNode } from "../../tree/nodes.ts";
import type { Window } from "../../window.ts";
import { askChoice, askInSteps, type Choice, type Step } from "../secrets/steps.ts";
import { invite } from "./invite.ts";
import { type MemberAction, memberActions, takeAction } from "./member-actions.ts";
import { contextOf, requireOnServer } from "./places.ts";
import { roleIcon, roleText } from "./sharing-words.ts";

/** Who has the keys of an environment and who is invited; then what is to be done with one of them. */
export async function showMembers(window: Window, argument: unknown): Promise<void> {
  requireOnServer(window);
  const access = await window.unlocked();
  const context = await contextOf(window, argument, vscode.l10n.t("Members of an Environment"));
  if (context === undefined) return;
  const progress = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t("Looking who is a member …") };
  const all = await vscode.window.withProgress(progress, () => access.members(context));
  const draft: Draft = { picked: undefined, action: undefined };
  const title = vscode.l10n.t("Members of {0}", formatContext(context));
  const stepsOf = ({ picked }: Draft) => [
    listStep(all),
    ...(picked?.kind === "member" ? [actionStep(all, picked.member)] : []),
  ];
  if (!(await askInSteps(title, draft, stepsOf))) return;
  const { action } = draft;
  const picked = draft.picked!; // asked
  switch (picked.kind) {
    case "new":
      return invite(window, new EnvironmentNode(context));
    case "invite":
      return withdraw(window, context, picked.invite);
    case "member":
      return takeAction(window, context, picked.member, action!); // asked too
  }
}

type Picked =
  | { readonly kind: "member"; readonly member: MemberInfo }
  | { readonly kind: "invite"; readonly invite: InviteInfo }
  | { readonly kind: "new" };

interface Draft {
  picked: Picked | undefined;
  action: MemberAction | undefined;
}

function listStep({ role, members, invites }: EnvironmentMembers): Step<Draft> {
  const choices: Choice<Picked>[] = [
    ...members.map((member) => ({
      label: member.who,
      description: notesOf(member).join(" · "),
      detail: member.words,
      iconPath: new vscode.ThemeIcon(roleIcon(member.role)),
      value: { kind: "member", member } as const,
    })),
    ...invites.map((each) => ({
      label: each.name ?? vscode.l10n.t("Invited"),
      description: vscode.l10n.t("invited as {0}, until {1}", roleText(each.role), timeOf(each.expires)),
      iconPath: new vscode.ThemeIcon("mail"),
      value: { kind: "invite", invite: each } as const,
    })),
    ...(role === "admin"
      ? [
          {
            label: vscode.l10n.t("Invite Somebody …"),
            iconPath: new vscode.ThemeIcon("add"),
            value: { kind: "new" } as const,
          },
        ]
      : []),
  ];
  return async (draft, position) => {
    const placeholder = vscode.l10n.t("Choose a member to change the role, to remove or to compare words");
    const answer = await askChoice(position, placeholder, choices, draft.picked);
    if (typeof answer === "object") draft.picked = answer.value;
    return answer;
  };
}

function actionStep({ role }: EnvironmentMembers, member: MemberInfo): Step<Draft> {
  return async (draft, position) => {
    const placeholder = vscode.l10n.t("What is to be done with {0}?", member.who);
    const answer = await askChoice(position, placeholder, memberActions(role, member));
    if (typeof answer === "object") draft.action = answer.value;
    return answer;
  };
}

function notesOf({ role, isYou, isOwner }: MemberInfo): readonly string[] {
  return [roleText(role), ...(isOwner ? [vscode.l10n.t("owner")] : []), ...(isYou ? [vscode.l10n.t("you")] : [])];
}

async function withdraw(window: Window, context: Context, { id, name }: InviteInfo): Promise<void> {
  const place = formatContext(context);
  const isSure = await confirmed(
    name === undefined
      ? vscode.l10n.t("Take back the invite to {0}?", place)
      : vscode.l10n.t("Take back the invite of {0} to {1}?", name, place),
    vscode.l10n.t("Its code opens nothing any more, in no environment."),
    vscode.l10n.t("Take Back"),
  );
  if (!isSure) return;
  await (await window.unlocked()).withdrawInvite(id);
  vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t("The invite is taken back.")}`, 5000);
}
