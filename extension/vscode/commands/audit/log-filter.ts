import { l10n } from "vscode";
import type { AuditFilter } from "#core/run/audit/audit-filter.ts";
import { type AuditLine, linePasses } from "#core/run/audit/audit-line.ts";
import { stillVisible } from "#core/run/visible-text.ts";
import { timeOf } from "../../server/server-texts.ts";
import { actionText, outcomeOf, unusualText, whoText } from "../../words/audit-words.ts";

/** What the list is narrowed to. The log is read once, so narrowing it asks the vault for nothing. */
export type LogFilter = Pick<AuditFilter, "name" | "context" | "client" | "action" | "since" | "onlyAnomalies">;

/** What has values of its own in the log. */
export type Facet = "name" | "context" | "client" | "action";

/** Newest first. `typed` are words, each of which has to be in an entry as the list shows it. */
export function findEntries(lines: readonly AuditLine[], filter: LogFilter, typed: string): readonly AuditLine[] {
  const words = typed.toLowerCase().split(/\s+/);
  const passing = lines.filter((line) => linePasses(line, filter));
  const found = typed.trim() === "" ? passing : passing.filter((line) => hasAll(line, words));
  return found.toReversed();
}

/** Each value that a facet has among what the rest of the filter leaves, with its number of entries, the most first. */
export function valuesOf(
  lines: readonly AuditLine[],
  filter: LogFilter,
  facet: Facet,
): readonly (readonly [string, number])[] {
  const rest = withFacet(filter, facet, undefined);
  const counts = new Map<string, number>();
  for (const line of lines) {
    if (!linePasses(line, rest)) continue;
    for (const value of valuesIn(line, facet)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort((one, other) => other[1] - one[1]);
}

/** undefined = all. */
export function withFacet(
  filter: LogFilter,
  facet: keyof LogFilter,
  value: string | number | boolean | undefined,
): LogFilter {
  const { [facet]: _, ...rest } = filter;
  return value === undefined ? rest : { ...rest, [facet]: value };
}

/** As the list says what it is narrowed to; empty = it is not. */
export function filterText({ name, context, client, action, since, onlyAnomalies }: LogFilter): string {
  return [
    ...(context === undefined ? [] : [context]),
    ...(name === undefined ? [] : [name]),
    ...(client === undefined ? [] : [stillVisible(client)]),
    ...(action === undefined ? [] : [actionText(action)]),
    ...(since === undefined ? [] : [l10n.t("since {0}", timeOf(since))]),
    ...(onlyAnomalies ? [l10n.t("only what is unusual")] : []),
  ].join(" · ");
}

function valuesIn({ names, context, actor, action }: AuditLine, facet: Facet): readonly string[] {
  switch (facet) {
    case "name":
      return names;
    case "context":
      return context === undefined ? [] : [context];
    case "client":
      return actor === "" ? [] : [actor];
    case "action":
      return [action];
  }
}

/** What was searched once is searched again with each letter. */
const texts = new WeakMap<AuditLine, string>();

function hasAll(line: AuditLine, words: readonly string[]): boolean {
  let text = texts.get(line);
  if (text === undefined) {
    const { action, names, context = "", device, anomalies = [] } = line;
    const parts = [actionText(action), ...names, context, whoText(line), device, outcomeOf(line)];
    text = [...parts, ...anomalies.map(unusualText)].join("\n").toLowerCase();
    texts.set(line, text);
  }
  return words.every((word) => text.includes(word));
}
