import * as vscode from "vscode";
import type { AuditLine } from "#core/run/audit/audit-line.ts";
import { auditTime } from "#core/run/audit/audit-time.ts";
import { stillVisible } from "#core/run/visible-text.ts";
import { timeOf } from "../../server/server-texts.ts";
import { actionText } from "../../words/audit-words.ts";
import { askChoice, askInSteps, askText, type Choice, type Step } from "../secrets/steps.ts";
import { type Facet, filterText, type LogFilter, valuesOf, withFacet } from "./log-filter.ts";

/** Asks by what to narrow the list, then to what. undefined = as before. */
export async function askFilter(
  lines: readonly AuditLine[],
  before: LogFilter,
  locked: AbortSignal,
): Promise<LogFilter | undefined> {
  const draft: Draft = { by: undefined, since: undefined, filter: before };
  const stepsOf = ({ by, since }: Draft): readonly Step<Draft>[] => {
    if (by === undefined || by === "none") return [byStep(before)];
    if (by !== "since") return [byStep(before), valueStep(lines, before, by)];
    return [byStep(before), sinceStep(before), ...(since === "date" ? [dateStep(before)] : [])];
  };
  return (await askInSteps(vscode.l10n.t("Filter the Audit Log"), draft, stepsOf, locked)) ? draft.filter : undefined;
}

interface Draft {
  by: Facet | "since" | "none" | undefined;
  since: number | "all" | "date" | undefined;
  filter: LogFilter;
}

function byStep(before: LogFilter): Step<Draft> {
  const { l10n } = vscode;
  const { since, action, ...narrowed } = before;
  const all = l10n.t("all");
  const choices: Choice<NonNullable<Draft["by"]>>[] = [
    { label: l10n.t("Secret"), description: narrowed.name ?? all, iconPath: icon("key"), value: "name" },
    { label: l10n.t("Environment"), description: narrowed.context ?? all, iconPath: icon("folder"), value: "context" },
    {
      label: l10n.t("Client"),
      description: stillVisible(narrowed.client ?? all),
      iconPath: icon("plug"),
      value: "client",
    },
    {
      label: l10n.t("Action"),
      description: action === undefined ? all : actionText(action),
      iconPath: icon("play"),
      value: "action",
    },
    {
      label: l10n.t("Time"),
      description: since === undefined ? all : l10n.t("since {0}", timeOf(since)),
      iconPath: icon("calendar"),
      value: "since",
    },
  ];
  if (filterText(before) !== "")
    choices.push({ label: l10n.t("No Filter"), iconPath: icon("clear-all"), value: "none" });
  return async (draft, position) => {
    const answer = await askChoice(position, l10n.t("By what?"), choices, draft.by);
    if (typeof answer !== "object") return answer;
    draft.by = answer.value;
    if (answer.value === "none") draft.filter = {};
    return answer;
  };
}

function valueStep(lines: readonly AuditLine[], before: LogFilter, facet: Facet): Step<Draft> {
  return async (draft, position) => {
    const choices: readonly Choice<string | undefined>[] = [
      { label: vscode.l10n.t("All"), iconPath: icon("clear-all"), value: undefined },
      ...valuesOf(lines, before, facet).map(([value, count]) => ({
        label: facet === "action" ? actionText(value) : stillVisible(value),
        description: vscode.l10n.t("{0} entries", count.toLocaleString(vscode.env.language)),
        value,
      })),
    ];
    const answer = await askChoice(position, vscode.l10n.t("Only entries of which one?"), choices, before[facet]);
    if (typeof answer === "object") draft.filter = withFacet(before, facet, answer.value);
    return answer;
  };
}

function sinceStep(before: LogFilter): Step<Draft> {
  const { l10n } = vscode;
  const ago = (label: string, ms: number) => ({ label, iconPath: icon("calendar"), value: Date.now() - ms });
  const choices: readonly Choice<number | "all" | "date">[] = [
    { label: l10n.t("All"), iconPath: icon("clear-all"), value: "all" },
    ago(l10n.t("The last hour"), HOUR_MS),
    ago(l10n.t("The last 24 hours"), 24 * HOUR_MS),
    ago(l10n.t("The last 7 days"), 7 * 24 * HOUR_MS),
    ago(l10n.t("The last 30 days"), 30 * 24 * HOUR_MS),
    ago(l10n.t("The last 90 days"), 90 * 24 * HOUR_MS),
    { label: l10n.t("Another Time …"), iconPath: icon("edit"), value: "date" },
  ];
  return async (draft, position) => {
    const answer = await askChoice(position, l10n.t("Only entries since when?"), choices, draft.since);
    if (typeof answer !== "object") return answer;
    draft.since = answer.value;
    draft.filter = withFacet(before, "since", typeof answer.value === "number" ? answer.value : undefined);
    return answer;
  };
}

function dateStep(before: LogFilter): Step<Draft> {
  return async (draft, position) => {
    const answer = await askText(position, {
      prompt: vscode.l10n.t("A date such as 2027-01-31, or a time ago such as 30m, 2h or 7d"),
      problem: (text) =>
        auditTime(text.trim(), Date.now()) === undefined
          ? vscode.l10n.t("That is no date and no time ago.")
          : undefined,
    });
    if (typeof answer === "object")
      draft.filter = withFacet(before, "since", auditTime(answer.value.trim(), Date.now()));
    return answer;
  };
}

function icon(id: string): vscode.ThemeIcon {
  return new vscode.ThemeIcon(id);
}

const HOUR_MS = 3_600_000;
