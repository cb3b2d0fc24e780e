import type { AuditRecord } from "../vault-access.ts";
import type { AnomalyRules } from "./anomalies.ts";

/** Which entries of the audit log are wanted; left out = all. Times are ms since 1970. */
export interface AuditFilter {
  readonly since?: number;
  /** Before this time. */
  readonly until?: number;
  /** Of a secret. */
  readonly name?: string;
  /** An environment, as `app/environment`. */
  readonly context?: string;
  /** A part of what the client calls itself, in any case of letters. */
  readonly client?: string;
  readonly action?: string;
  /** Marks what is unusual, which takes opening 90 days before `since` too. */
  readonly anomalies?: Pick<AnomalyRules, "hours">;
  /** Only what is marked. */
  readonly onlyAnomalies?: boolean;
}

export function passes(record: AuditRecord, filter: AuditFilter): boolean {
  const { since = 0, until = Number.POSITIVE_INFINITY, name, context, client, action, onlyAnomalies = false } = filter;
  return (
    record.time >= since &&
    record.time < until &&
    (name === undefined || record.names.includes(name)) &&
    (context === undefined || record.context === context) &&
    (client === undefined || record.actor.toLowerCase().includes(client.toLowerCase())) &&
    (action === undefined || record.action === action) &&
    (!onlyAnomalies || record.anomalies !== undefined)
  );
}
