/**
 * Asks again and again, less often as time goes by, until it is so. false = `signal` aborted, or an hour went by: what
 * was waited for comes later then, by itself.
 */
export async function waitUntil(
  isSo: () => Promise<boolean>,
  signal: AbortSignal,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  let pause = 1000;
  for (let waited = 0; waited < LONGEST_MS && !signal.aborted; waited += pause) {
    if (await isSo()) return true;
    await sleep(pause, signal);
    pause = Math.min(LONGEST_PAUSE_MS, pause * 1.3);
  }
  return false;
}

const LONGEST_PAUSE_MS = 5000;
const LONGEST_MS = 3_600_000;
