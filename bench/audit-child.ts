// One fresh process of the audit bench: opens the vault, asks for the audit log, and prints what that took as JSON.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { localAccess } from "#core/run/local-access.ts";
import { openDeviceState } from "#core/store/device-state.ts";
import { openFileStore } from "#core/store/file-store.ts";
import { unlockVault } from "#core/vault/vault.ts";

const [folder, password, filter] = process.argv.slice(2) as [string, string, string];
const store = openFileStore(join(folder, "vault"));
const vault = { store, device: openDeviceState(join(folder, "state", "device")), now: Date.now };
const access = localAccess(await unlockVault(vault, Buffer.from(password)), { idleMs: 60 * 60_000 });
const start = performance.now();
const { length: entries } = await access.audit(JSON.parse(filter));
const ms = performance.now() - start;
await access.lock();
console.log(JSON.stringify({ ms, entries, peakBytes: peakMemory() }));

/** Linux counts the peak of the process that started this one into maxRSS, so there its own is read. */
function peakMemory(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))![1]) * 1024;
}
