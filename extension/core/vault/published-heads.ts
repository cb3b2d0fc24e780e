import type { Id } from "../store/store.ts";
import type { AuditHead } from "./manifest.ts";
import type { Session } from "./session.ts";

/** The furthest end of each device's audit chain that a verified manifest of any environment names. */
export async function publishedHeads(session: Session): Promise<readonly AuditHead[]> {
  const { directory } = await session.account();
  const furthest = new Map<Id, AuditHead>();
  for (const app of directory.apps) {
    for (const entry of directory.environments.filter((other) => other.app === app.id)) {
      const environment = await session.environment({ app: app.name, environment: entry.name });
      const { head } = await environment.load();
      for (const end of head.auditHeads) {
        if (end.seq > (furthest.get(end.device)?.seq ?? 0)) furthest.set(end.device, end);
      }
    }
  }
  return [...furthest.values()];
}
