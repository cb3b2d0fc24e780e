import * as vscode from "vscode";
import type { Context } from "#core/vault/context.ts";
import { requireAddressRange, requireTokenName } from "#core/vault/sharing/token-limits.ts";
import { withPassword } from "../../ask-person.ts";
import { timeOf } from "../../server/server-texts.ts";
import { EnvironmentNode } from "../../tree/nodes.ts";
import type { Window } from "../../window.ts";
import { refusalOf } from "../../words/error-text.ts";
import { askMany } from "../secrets/ask-many.ts";
import { askChoice, askInSteps, askText, type Step } from "../secrets/steps.ts";
import { ownPlaces, type Place, placeOf, requireOnServer } from "../sharing/places.ts";
import { showOnce } from "../sharing/show-once.ts";
import { rangesOf } from "./ranges-of.ts";

/** Makes a token for a machine: it reads what the person picks, until a day that they pick, and nothing more. */
export async function createToken(window: Window, argument: unknown): Promise<void> {
  requireOnServer(window);
  const access = await window.unlocked();
  const title = vscode.l10n.t("Create Token");
  const all = await ownPlaces(window, access);
  const given = argument instanceof EnvironmentNode ? placeOf(argument.context).label : await window.context.label();
  const draft: Draft = {
    places: all.filter(({ label }) => label === given),
    name: "ci",
    days: 30,
    addresses: [],
  };
  if (!(await askInSteps(title, draft, () => [placesStep(all), nameStep, expiryStep, addressStep]))) return;
  const { name, days, addresses } = draft;
  const contexts: readonly Context[] = draft.places.flatMap((place) => place.contexts);
  const what = draft.places.map(({ label }) => label).join(", ");
  const expiresAt = Date.now() + days * DAY;
  const prompt = vscode.l10n.t("Master password, to make a token that reads {0}", what);
  const text = await withPassword(title, prompt, (password) =>
    access.createToken({ name, contexts, expiresAt, addresses }, password),
  );
  if (text === undefined) return;
  const from = addresses.length === 0 ? vscode.l10n.t("anywhere") : addresses.join(", ");
  const lines = [
    vscode.l10n.t("It reads {0} until {1}, from {2}.", what, timeOf(expiresAt), from),
    vscode.l10n.t("Keep it like a password: it is not shown again, and whoever has it reads those values."),
    vscode.l10n.t("Give it to the machine as OV_TOKEN, or in a file of mode 600 as OV_TOKEN_FILE."),
  ];
  await showOnce(window, vscode.l10n.t("The token {0}", name), text, lines.join("\n\n"));
}

interface Draft {
  places: readonly Place[];
  name: string;
  days: number;
  addresses: readonly string[];
}

function placesStep(all: readonly Place[]): Step<Draft> {
  return async (draft, position) => {
    const choices = all.map((place) => ({
      label: place.label,
      iconPath: new vscode.ThemeIcon("server-environment"),
      value: place,
    }));
    const answer = await askMany(position, vscode.l10n.t("Choose what the token reads"), choices, draft.places);
    if (typeof answer === "object") draft.places = answer.value;
    return answer;
  };
}

const nameStep: Step<Draft> = async (draft, position) => {
  const answer = await askText(position, {
    prompt: vscode.l10n.t("What the token is for"),
    value: draft.name,
    problem: (text) => refusalOf(() => requireTokenName(text.trim())),
  });
  if (typeof answer === "object") draft.name = answer.value.trim();
  return answer;
};

const expiryStep: Step<Draft> = async (draft, position) => {
  const choices = LIFETIMES.map((days) => ({
    label: days === 1 ? vscode.l10n.t("1 day") : vscode.l10n.t("{0} days", days),
    description: vscode.l10n.t("until {0}", timeOf(Date.now() + days * DAY)),
    iconPath: new vscode.ThemeIcon("clock"),
    value: days,
  }));
  const answer = await askChoice(position, vscode.l10n.t("Choose how long it is good"), choices, draft.days);
  if (typeof answer === "object") draft.days = answer.value;
  return answer;
};

const addressStep: Step<Draft> = async (draft, position) => {
  const answer = await askText(position, {
    prompt: vscode.l10n.t("Addresses or ranges that it may be used from, with commas between. Empty: from anywhere."),
    placeholder: "203.0.113.0/24",
    value: draft.addresses.join(", "),
    problem: (text) => refusalOf(() => rangesOf(text).forEach(requireAddressRange)),
  });
  if (typeof answer === "object") draft.addresses = rangesOf(answer.value);
  return answer;
};

const LIFETIMES: readonly number[] = [1, 7, 30, 90];
const DAY = 24 * 3_600_000;
