import type { AuditFilter } from "#core/run/audit/audit-filter.ts";
import { type AuditLine, lineOf, linePasses } from "#core/run/audit/audit-line.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import type { ThisServer } from "./this-server.ts";

/**
 * What every device wrote, and for a vault on a server what that saw and when it got each entry, oldest first. All
 * chains and signatures are checked. Rejects with the signal's reason when it aborts.
 */
export async function auditLines(
  access: Pick<VaultAccess, "audit">,
  server: ThisServer | undefined,
  filter: AuditFilter,
  signal?: AbortSignal,
): Promise<readonly AuditLine[]> {
  const records = await access.audit(filter, signal);
  signal?.throwIfAborted();
  // Loaded only then, as the transport of most vaults is not needed.
  const seen = server && (await (await import("./server-lines.ts")).serverLines(server, signal));
  const own = records.map((record) => lineOf(record, seen?.received.get(`${record.device}/${record.seq}`)));
  const theirs = (seen?.lines ?? []).filter((line) => linePasses(line, filter));
  return theirs.length === 0 ? own : [...own, ...theirs].sort((a, b) => a.time - b.time);
}
