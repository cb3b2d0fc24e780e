import type { ServerContext } from "@modelcontextprotocol/server";

/** Tells a client that asked for it every few seconds that a call goes on. Nothing of the output is in it. */
export async function withProgress<T>(context: ServerContext, work: () => Promise<T>): Promise<T> {
  const progressToken = context.mcpReq._meta?.progressToken;
  if (progressToken === undefined) return work();
  let seconds = 0;
  const timer = setInterval(() => {
    seconds += EVERY_SECONDS;
    const params = { progressToken, progress: seconds, message: `Still at it after ${seconds} s` };
    // The client may have gone away; the call learns that by its signal.
    context.mcpReq.notify({ method: "notifications/progress", params }).catch(() => {});
  }, EVERY_SECONDS * 1000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

const EVERY_SECONDS = 2;
