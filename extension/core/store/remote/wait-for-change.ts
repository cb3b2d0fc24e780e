import { asNumber } from "./json-shape.ts";
import { errorOf } from "./problem.ts";
import type { RemoteLink } from "./remote-link.ts";
import { badAnswer } from "./server-error.ts";

/** The account's revision once it is another than `since`, or the same after some 25 seconds. 0 = asks at once. */
export async function waitForChange(link: RemoteLink, since: number, signal: AbortSignal): Promise<number> {
  const wait = since === 0 ? 0 : WAIT_SECONDS;
  const answer = await link.ask({ method: "GET", path: `/changes?since=${since}&wait=${wait}`, waits: wait, signal });
  // Restored, or this was away for too long: everything is read anew.
  if ("code" in answer && answer.code === "resync_required") return waitForChange(link, 0, signal);
  if ("code" in answer) throw errorOf(answer, "changes");
  if (answer.status === 304) return since;
  const revision = asNumber(answer.body?.revision);
  if (revision === undefined) throw badAnswer("changes");
  return revision;
}

const WAIT_SECONDS = 25;
