import type { AuditLine } from "#core/run/audit/audit-line.ts";
import { formatContext } from "#core/vault/context.ts";
import { EnvironmentNode, SecretNode } from "../../tree/nodes.ts";
import type { Window } from "../../window.ts";
import { askEntry } from "./ask-entry.ts";
import { askFilter } from "./ask-filter.ts";
import { exportLog } from "./export-log.ts";
import { type LogFilter, withFacet } from "./log-filter.ts";
import { readLog } from "./read-log.ts";
import { showEntry } from "./show-entry.ts";

/**
 * Who used what: what every device wrote and what the server saw, to look through, to narrow and to export. From the
 * menu of an environment or a secret it begins with what is of that. In lists of our own, and never a document: other
 * extensions read documents. A lock of the vault closes it.
 */
export async function showAuditLog(window: Window, argument: unknown): Promise<void> {
  const access = await window.unlocked();
  const locked = new AbortController();
  const watch = window.vault.onDidChange(({ kind }) => kind !== "unlocked" && locked.abort());
  try {
    const lines = await readLog(window, access, locked.signal);
    if (lines !== undefined) await lookThrough(window, lines, filterOf(argument), locked.signal);
  } finally {
    watch.dispose();
  }
}

async function lookThrough(
  window: Window,
  lines: readonly AuditLine[],
  first: LogFilter,
  locked: AbortSignal,
): Promise<void> {
  let filter = first;
  const search = { typed: "" };
  while (!locked.aborted) {
    const answer = await askEntry(lines, filter, search, locked);
    switch (answer?.kind) {
      case undefined:
        return;
      case "filter":
        filter = (await askFilter(lines, filter, locked)) ?? filter;
        break;
      case "unusual":
        filter = withFacet(filter, "onlyAnomalies", filter.onlyAnomalies ? undefined : true);
        break;
      case "export":
        return exportLog(window, answer.lines);
      case "entry":
        filter = (await showEntry(answer.line, filter, locked)) ?? filter;
        break;
    }
  }
}

/** Of a node of our own tree. Whoever else runs the command with an argument has made none. */
function filterOf(argument: unknown): LogFilter {
  if (argument instanceof SecretNode) return { context: formatContext(argument.context), name: argument.info.name };
  if (argument instanceof EnvironmentNode) return { context: formatContext(argument.context) };
  return {};
}
