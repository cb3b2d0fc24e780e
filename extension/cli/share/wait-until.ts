import { setTimeout as sleep } from "node:timers/promises";
import { isVaultError, VaultError } from "#core/vault-error.ts";
import { say } from "../print.ts";

/** Asks again and again, less often as time goes by, until it is so. Says what it waits for, and that it still does. */
export async function waitUntil(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const began = performance.now();
  let pause = 1000;
  let told = 0;
  say(what);
  for (;;) {
    if (await isSo().catch(orNotYet)) return;
    const waited = performance.now() - began;
    if (waited > LONGEST_MS) {
      throw new VaultError(
        "cancelled",
        'Nobody answered for an hour. Nothing is lost: "ov share confirm" goes on with it later.',
      );
    }
    if (waited - told > SAY_EVERY_MS) {
      told = waited;
      say(`… still waiting, for ${Math.round(waited / 60_000)} min.`);
    }
    await sleep(pause);
    pause = Math.min(LONGEST_PAUSE_MS, pause * 1.3);
  }
}

/** A network that is away for a moment is no reason to give up. */
function orNotYet(error: unknown): boolean {
  if (isVaultError(error, "server-unreachable", "vault-conflict")) return false;
  throw error;
}

const LONGEST_PAUSE_MS = 5000;
const SAY_EVERY_MS = 60_000;
const LONGEST_MS = 3_600_000;
