import type { AuditLine } from "#core/run/audit/audit-line.ts";
import { readServerLog, requireCountersigned } from "#core/store/remote/server-log.ts";
import type { ThisServer } from "./this-server.ts";

/** What the server adds to the vault's own audit log; all of its signatures and its chain are checked. */
export interface ServerLines {
  readonly lines: readonly AuditLine[];
  /** When it got each entry, by `device/seq`. */
  readonly received: ReadonlyMap<string, number>;
}

export async function serverLines({ link, store }: ThisServer, signal?: AbortSignal): Promise<ServerLines> {
  const { entries } = await readServerLog(link);
  const received = new Map<string, number>();
  for (const device of await store.auditDevices()) {
    signal?.throwIfAborted();
    const served = await store.audit.readSigned(device, 1);
    await requireCountersigned(link, device, served);
    for (const { seq, receivedAt } of served) received.set(`${device}/${seq}`, receivedAt);
  }
  const lines = entries.map(({ seq, time, who, action, environment }) => ({
    ...{ source: "server" as const, time, device: who, seq, actor: "server", action, names: [], outcome: "ok" },
    ...(environment === undefined ? {} : { environment }),
  }));
  return { lines, received };
}
