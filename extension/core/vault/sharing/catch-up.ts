import type { CaughtUp } from "../../run/sharing-access.ts";
import type { Session } from "../session.ts";
import { confirmInvites } from "./confirm.ts";
import { finishJoining } from "./join.ts";

/** Both ends of an invite, as far as they can go now. Without any under way, no more than a look at the account. */
export async function catchUp(session: Session): Promise<CaughtUp> {
  const confirmed = (await underWay(session)).open.length === 0 ? [] : await confirmInvites(session);
  const joined = (await underWay(session)).joining.length === 0 ? [] : await finishJoining(session);
  return { confirmed, joined, ...(await underWay(session)) };
}

async function underWay(session: Session): Promise<Pick<CaughtUp, "open" | "joining">> {
  if (session.deps.store.sharing === undefined) return { open: [], joining: [] };
  const { invites = [], joining = [] } = (await session.account()).directory;
  return { open: invites.map(({ id }) => id), joining: joining.map(({ id }) => id) };
}
