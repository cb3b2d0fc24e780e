import { readServerLog, requireCountersigned, type ServerLog } from "#core/store/remote/server-log.ts";
import type { ThisServer } from "#mcp/device/this-server.ts";
import type { AuditLine } from "./audit-line.ts";

/** What the server adds to the vault's own audit log; all of its signatures and its chain are checked. */
export interface ServerLines {
  readonly lines: readonly AuditLine[];
  /** When it got each entry, by `device/seq`. */
  readonly received: ReadonlyMap<string, number>;
  readonly log: ServerLog;
}

export async function serverLines({ link, store }: ThisServer, since?: ServerLog): Promise<ServerLines> {
  const log = await readServerLog(link, since?.last, since?.hash);
  const received = new Map<string, number>();
  for (const device of await store.auditDevices()) {
    const served = await store.audit.readSigned(device, 1);
    await requireCountersigned(link, device, served);
    for (const { seq, receivedAt } of served) received.set(`${device}/${seq}`, receivedAt);
  }
  const lines = log.entries.map(({ seq, time, who, action, environment }) => ({
    ...{ source: "server" as const, time, device: who, seq, actor: "server", action, names: [], outcome: "ok" },
    ...(environment === undefined ? {} : { environment }),
  }));
  return { lines, received, log };
}
