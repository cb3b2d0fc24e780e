import * as vscode from "vscode";
import type { AuditLine } from "#core/run/audit/audit-line.ts";
import { stillVisible } from "#core/run/visible-text.ts";
import { actionText, exactTime, iconOf, outcomeOf, unusualReason, unusualText } from "../../words/audit-words.ts";
import { askChoice, type Choice } from "../secrets/steps.ts";
import { type Facet, type LogFilter, withFacet } from "./log-filter.ts";

/** All that is known of an entry. A line of it narrows the list to its like; undefined = as before. */
export async function showEntry(
  line: AuditLine,
  filter: LogFilter,
  locked: AbortSignal,
): Promise<LogFilter | undefined> {
  const title = vscode.l10n.t("Entry of the Audit Log");
  const placeholder = vscode.l10n.t("Choose a secret, an environment, a client or an action to see only such entries");
  const position = { title, at: 2, of: 2, signal: locked };
  const answer = await askChoice(position, placeholder, rowsOf(line, filter));
  return typeof answer === "object" ? answer.value : undefined;
}

type Row = Choice<LogFilter | undefined>;

function rowsOf(line: AuditLine, filter: LogFilter): readonly Row[] {
  const { l10n } = vscode;
  const narrowing = (facet: Facet, value: string, what: string, icon: string): Row => ({
    label: facet === "action" ? actionText(value) : stillVisible(value),
    description: what,
    iconPath: new vscode.ThemeIcon(icon),
    value: withFacet(filter, facet, value),
  });
  const { time, receivedAt, action, names, context, environment, member, actor, device, commandHash } = line;
  return [
    ...(line.anomalies ?? []).map((anomaly) => ({
      ...plain(unusualText(anomaly), unusualReason(anomaly), "warning"),
      value: withFacet(filter, "onlyAnomalies", true),
    })),
    { ...narrowing("action", action, l10n.t("what was done"), "play"), iconPath: iconOf(line) },
    ...names.map((name) => narrowing("name", name, l10n.t("secret"), "key")),
    ...(context === undefined ? [] : [narrowing("context", context, l10n.t("environment"), "folder")]),
    ...(environment === undefined ? [] : [plain(environment, l10n.t("environment, as the server knows it"), "folder")]),
    plain(exactTime(time), l10n.t("when"), "calendar"),
    ...(receivedAt === undefined ? [] : [plain(exactTime(receivedAt), l10n.t("when the server got it"), "cloud")]),
    ...(member === undefined ? [] : [plain(stillVisible(member), l10n.t("member"), "person")]),
    ...(actor === "" ? [] : [narrowing("client", actor, l10n.t("client or agent"), "plug")]),
    plain(device, l10n.t("device"), "vm"),
    plain(stillVisible(outcomeOf(line)), l10n.t("how it ended"), "info"),
    ...(commandHash === undefined ? [] : [plain(commandHash, l10n.t("SHA-256 of the command"), "symbol-key")]),
  ];
}

/** Leads back to the list. */
function plain(label: string, description: string, icon: string): Row {
  return { label, description, iconPath: new vscode.ThemeIcon(icon), value: undefined };
}
