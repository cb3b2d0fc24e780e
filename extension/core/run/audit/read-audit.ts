import type { Session } from "../../vault/session.ts";
import type { AuditRecord } from "../vault-access.ts";
import { LOOK_BACK_MS, withAnomalies } from "./anomalies.ts";
import { type AuditFilter, passes } from "./audit-filter.ts";

/** Every device's entries that pass, oldest first. The chains are verified whole, whatever is asked for. */
export async function readAudit(
  session: Session,
  filter: AuditFilter,
  signal?: AbortSignal,
): Promise<readonly AuditRecord[]> {
  const { anomalies: rules, since } = filter;
  const from = since === undefined ? undefined : since - (rules === undefined ? 0 : LOOK_BACK_MS);
  const log = await session.auditLog(from === undefined ? {} : { since: from }, signal);
  const records = log.entries.map(
    ({ place, body, member }): AuditRecord => ({
      device: place.device,
      seq: place.seq,
      time: place.time,
      ...(member === undefined ? {} : { member }),
      ...(body ?? { actor: "", action: "unreadable", names: [], outcome: "no key of this account opens it" }),
    }),
  );
  for (const { device, from, to, time } of log.missing) {
    const outcome = `entries ${from} to ${to} are not here: cut off, or kept elsewhere`;
    records.push({ device, seq: to, time, actor: "", action: "missing", names: [], outcome });
  }
  if (log.missing.length > 0) records.sort((a, b) => a.time - b.time);
  const marked = rules === undefined ? records : withAnomalies(records, rules);
  return marked.filter((record) => passes(record, filter));
}
