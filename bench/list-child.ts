// One fresh process of the list bench: opens the vault, lists it twice, and prints what that took as JSON.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { localAccess } from "#core/run/local-access.ts";
import { openDeviceState } from "#core/store/device-state.ts";
import { openFileStore } from "#core/store/file-store.ts";
import { requireContext } from "#core/vault/context.ts";
import { unlockVault } from "#core/vault/vault.ts";

const [folder, password, app, environment] = process.argv.slice(2) as [string, string, string, string];
const vault = {
  store: openFileStore(join(folder, "vault")),
  device: openDeviceState(join(folder, "state", "device")),
  now: Date.now,
};

const [session, unlockMs] = await timed(() => unlockVault(vault, Buffer.from(password)));
const unlockedBytes = peakMemory();
const access = localAccess(session, { idleMs: 60_000 });
const context = requireContext(app, environment);
const [, firstListMs] = await timed(() => access.list(context));
const [secrets, nextListMs] = await timed(() => access.list(context));
const peakBytes = peakMemory();
const heldBytes = process.memoryUsage().rss;
await access.lock();
console.log(
  JSON.stringify({ secrets: secrets.length, unlockMs, firstListMs, nextListMs, unlockedBytes, peakBytes, heldBytes }),
);

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
}

/** Linux counts the peak of the process that started this one into maxRSS, so there its own is read. */
function peakMemory(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))![1]) * 1024;
}
