import * as vscode from "vscode";
import type { Role } from "#core/vault/manifest.ts";
import type { MadeInvite } from "#core/vault/sharing/invite.ts";
import { requirePersonName } from "#core/vault/sharing/people.ts";
import { withPassword } from "../../ask-person.ts";
import { timeOf } from "../../server/server-texts.ts";
import { EnvironmentNode } from "../../tree/nodes.ts";
import type { Window } from "../../window.ts";
import { refusalOf } from "../../words/error-text.ts";
import { askChoice, askInSteps, askText, type Step } from "../secrets/steps.ts";
import { ownPlaces, type Place, placeOf, requireOnServer, withWholeApps } from "./places.ts";
import { ROLES, roleIcon, roleMeaning, roleText } from "./sharing-words.ts";
import { showOnce } from "./show-once.ts";
import { waitForColleague } from "./wait-for-colleague.ts";

/** Makes a code that lets one person in, after the master password; then waits for them, and grants. */
export async function invite(window: Window, argument: unknown): Promise<void> {
  requireOnServer(window);
  const access = await window.unlocked();
  const title = vscode.l10n.t("Invite to Environment");
  const given = argument instanceof EnvironmentNode ? placeOf(argument.context) : undefined;
  const places = given === undefined ? withWholeApps(await ownPlaces(window, access)) : [];
  const draft: Draft = { place: given ?? places[0]!, role: "reader", name: "" };
  const steps = [...(given === undefined ? [placeStep(places)] : []), roleStep, nameStep];
  if (!(await askInSteps(title, draft, () => steps))) return;
  const { place, role } = draft;
  const name = draft.name === "" ? undefined : draft.name;
  const { members } = await access.members(place.contexts[0]!); // a place has one at least
  const asked = { contexts: place.contexts, role, ...(name === undefined ? {} : { name }) };
  const prompt = vscode.l10n.t("Master password, to invite to {0} as {1}", place.label, roleText(role));
  const made = await withPassword(title, prompt, (password) => access.invite(asked, password));
  if (made === undefined) return;
  await showCode(window, made, draft);
  await waitForColleague(window, access, { id: made.id, place, name, members });
}

interface Draft {
  place: Place;
  role: Role;
  /** "" = none. */
  name: string;
}

function placeStep(places: readonly Place[]): Step<Draft> {
  return async (draft, position) => {
    const choices = places.map((place) => ({
      label: place.label,
      ...(place.contexts.length > 1
        ? { description: vscode.l10n.t("all {0} environments of the app", place.contexts.length) }
        : {}),
      iconPath: new vscode.ThemeIcon(place.contexts.length > 1 ? "package" : "server-environment"),
      value: place,
    }));
    const answer = await askChoice(position, vscode.l10n.t("Choose what to share"), choices, draft.place);
    if (typeof answer === "object") draft.place = answer.value;
    return answer;
  };
}

const roleStep: Step<Draft> = async (draft, position) => {
  const choices = ROLES.map((role) => ({
    label: roleText(role),
    detail: roleMeaning(role),
    iconPath: new vscode.ThemeIcon(roleIcon(role)),
    value: role,
  }));
  const answer = await askChoice(position, vscode.l10n.t("Choose what they may do"), choices, draft.role);
  if (typeof answer === "object") draft.role = answer.value;
  return answer;
};

const nameStep: Step<Draft> = async (draft, position) => {
  const answer = await askText(position, {
    prompt: vscode.l10n.t("What you call them; only you see it. Empty: they are shown by words."),
    value: draft.name,
    problem: (text) => (text.trim() === "" ? undefined : refusalOf(() => requirePersonName(text))),
  });
  if (typeof answer === "object") draft.name = answer.value.trim();
  return answer;
};

function showCode(window: Window, { code, expires }: MadeInvite, { place, role, name }: Draft): Promise<void> {
  const { l10n } = vscode;
  const who = name === "" ? l10n.t("your colleague") : name;
  const lines = [
    l10n.t("It is good for one person, until {0}, and is not shown again.", timeOf(expires)),
    l10n.t("Give it to {0} and nobody else, by a way that you trust: whoever has it first gets in.", who),
    l10n.t('They run "OpaqueVault: {0}" in VS Code, or "ov share accept CODE" in a terminal.', l10n.t("Accept Invite")),
  ];
  const title = l10n.t("An invite to {0} as {1}", place.label, roleText(role));
  return showOnce(window, title, code, lines.join("\n\n"));
}
