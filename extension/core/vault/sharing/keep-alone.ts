import { ownFingerprint } from "../adopt-manifest.ts";
import { everyEnvironment } from "../every-environment.ts";
import type { Session } from "../session.ts";

/** On this machine a vault is for one person: those who shared its environments on a server are no members here. */
export async function keepAlone(session: Session): Promise<void> {
  if (session.deps.store.sharing !== undefined) return;
  const fingerprint = ownFingerprint(await session.account());
  for (const { entry, environment, state } of await everyEnvironment(session)) {
    const isAlone = state?.head.members.length === 1 && state.head.tokens.length === 0;
    if (entry.shared !== undefined || state === undefined || isAlone) continue;
    await environment.change(async ({ items }) => ({
      ...{ items, records: [], members: [{ fingerprint, role: "admin" }], tokens: [] },
    }));
  }
}
