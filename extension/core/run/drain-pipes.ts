import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Pump } from "./redacted-stream.ts";

/**
 * After the first process has ended: a short grace for those that still write to its pipes, then they are ended, and
 * a pipe that somebody unknown still holds is given up. So a daemon neither blocks the run nor outlives it.
 */
export async function drainPipes(
  drained: Promise<unknown>,
  pumps: readonly Pump[],
  killRest: () => Promise<void>,
  pipes: readonly Readable[],
): Promise<void> {
  const isDrained = drained.then(() => true);
  const isDrainedSoon = async (): Promise<boolean> => {
    const over = new AbortController();
    try {
      return await Promise.race([isDrained, sleep(20, false, { signal: over.signal })]);
    } finally {
      over.abort(); // or a process with nothing left to do, such as `ov run`, would wait for the timer
    }
  };
  const isQuiet = async (): Promise<boolean> => {
    for (let waited = 0; waited < HELD_PIPE_MS; waited += 20) {
      if (await isDrainedSoon()) return true;
      // A reader that is slow is no reason to lose output.
      if (pumps.some((each) => each.idleMs() === 0)) waited = 0;
      else if (pumps.every((each) => each.idleMs() > PIPE_GRACE_MS)) return false;
    }
    return false;
  };
  await isQuiet();
  await killRest();
  if (!(await isQuiet())) for (const pipe of pipes) pipe.destroy();
  await drained;
}

const PIPE_GRACE_MS = 300;
const HELD_PIPE_MS = 1_000;
