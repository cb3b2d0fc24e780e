import type { Id } from "../store/store.ts";
import { everyEnvironment } from "./every-environment.ts";
import type { AuditHead } from "./manifest.ts";
import type { Session } from "./session.ts";

/** The furthest end of each device's audit chain that a verified manifest of any environment names. */
export async function publishedHeads(session: Session): Promise<readonly AuditHead[]> {
  const furthest = new Map<Id, AuditHead>();
  for (const { state } of await everyEnvironment(session)) {
    for (const end of state?.head.auditHeads ?? []) {
      if (end.seq > (furthest.get(end.device)?.seq ?? 0)) furthest.set(end.device, end);
    }
  }
  return [...furthest.values()];
}
