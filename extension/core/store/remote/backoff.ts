import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

/** When a call is made again. Doubling, and a random half of it, so that clients of one outage don't come back as one. */
export interface Patience {
  /** Calls in all, the first one included. */
  readonly tries: number;
  /** The first pause, in ms. */
  readonly pauseMs: number;
  /** No pause is longer, whatever the server asks for. */
  readonly longestMs: number;
}

export const PATIENCE: Patience = { tries: 4, pauseMs: 200, longestMs: 10_000 };

/** Waits before try `next` (2, 3 …), at least as long as the server asked for. Rejects if the signal aborts. */
export async function pause(
  { pauseMs, longestMs }: Patience,
  next: number,
  retryAfterSeconds: number | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const base = pauseMs * 2 ** (next - 2);
  const wait = Math.max((retryAfterSeconds ?? 0) * 1000, base / 2 + randomInt(0, Math.ceil(base / 2) + 1));
  await sleep(Math.min(wait, longestMs), undefined, signal === undefined ? {} : { signal });
}
