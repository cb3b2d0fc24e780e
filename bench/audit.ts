// An audit log of a million entries of another device: how long it takes to verify, to ask it for one secret of the last
// week, and to find what is unusual. Every number comes from a process of its own. Prints Markdown.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { encodeAuditSegment } from "#core/store/audit-segment.ts";
import { openDeviceState } from "#core/store/device-state.ts";
import { AUDIT_SEGMENT_ENTRIES, auditPath, segmentOf } from "#core/store/file-layout.ts";
import { openFileStore } from "#core/store/file-store.ts";
import { asId } from "#core/store/store.ts";
import { auditHash, sealAuditEntry } from "#core/vault/audit-entry.ts";
import { requireContext } from "#core/vault/context.ts";
import { unlockVault } from "#core/vault/vault.ts";
import { CONTEXT, fillVault, madeUpSecrets } from "./bench-vault.ts";
import { cacheFolder } from "./bundled-ov.ts";
import { printTable } from "./measure.ts";

const SIZES = [10_000, 100_000, 1_000_000].map((size) => size - (size % AUDIT_SEGMENT_ENTRIES));
const PASSWORD = "correct horse battery staple";
const DAY_MS = 86_400_000;
/** Runs of a year, by one client. */
const YEAR_MS = 365 * DAY_MS;

/** What audit-child.ts prints. */
interface Sample {
  readonly ms: number;
  readonly entries: number;
  readonly peakBytes: number;
}

const QUERIES = {
  "Verify, and open all": {},
  "Verify; one secret, last 7 days": { name: "SECRET_7", since: Date.now() - 7 * DAY_MS },
  "The same, with what is unusual marked": {
    ...{ name: "SECRET_7", since: Date.now() - 7 * DAY_MS },
    anomalies: { hours: { from: 6, to: 22 } },
  },
} as const;

const folder = mkdtempSync(join(cacheFolder(), "audit-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const child = await bundledChild();
const made: number[] = [];
const samples = new Map<string, Sample[]>(Object.keys(QUERIES).map((name) => [name, []]));
for (const size of SIZES) {
  const home = join(folder, String(size));
  await fillVault(home, PASSWORD, madeUpSecrets(20));
  const start = performance.now();
  await fillLog(home, size);
  made.push(performance.now() - start);
  for (const [name, filter] of Object.entries(QUERIES)) samples.get(name)!.push(measure(home, filter));
  rmSync(home, { recursive: true });
}
report();

/** As the entries of a device that has written them all, and joined them: encrypted, chained, in segments. */
async function fillLog(home: string, size: number): Promise<void> {
  const store = openFileStore(join(home, "vault"));
  const vault = { store, device: openDeviceState(join(home, "state", "device")), now: Date.now };
  const session = await unlockVault(vault, Buffer.from(PASSWORD));
  const environment = await session.environment(requireContext(CONTEXT.app, CONTEXT.environment));
  const { keys } = await environment.load();
  const device = asId(randomBytes(16).toString("hex"))!;
  const path = join(home, "vault", auditPath(device));
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const began = Date.now() - YEAR_MS;
  const context = `${CONTEXT.app}/${CONTEXT.environment}`;
  let previous: Uint8Array = Buffer.alloc(32);
  let segment: Buffer[] = [];
  for (let seq = 1; seq <= size; seq++) {
    const time = began + Math.floor((YEAR_MS * seq) / size);
    const isRun = seq % 2 === 1;
    const bytes = sealAuditEntry(
      keys.audit,
      { device, seq, previous, time, environment: environment.entry.id, epoch: 1 },
      {
        ...{ actor: "claude-code 2.1", action: isRun ? "run" : "run-ended", context },
        names: [`SECRET_${(seq >> 1) % 20}`, `SECRET_${(seq >> 2) % 20}`],
        ...(isRun ? { commandHash: "0".repeat(64), outcome: "ok" } : { exitCode: 0, outcome: "ended" }),
      },
    );
    previous = auditHash(previous, bytes);
    segment.push(bytes);
    if (segment.length < AUDIT_SEGMENT_ENTRIES) continue;
    const { first, name } = segmentOf(seq);
    writeFileSync(join(path, name), encodeAuditSegment(first, segment), { mode: 0o600 });
    segment = [];
  }
  session.lock();
}

/** Bundled as it ships: from the sources, much of the memory would be the compiler's. */
async function bundledChild(): Promise<string> {
  const entry = fileURLToPath(new URL("audit-child.ts", import.meta.url));
  const worker = fileURLToPath(import.meta.resolve("#core/crypto/argon2-worker.ts"));
  const entryPoints = { "audit-child": entry, "argon2-worker": worker };
  const banner = { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' };
  await build({ entryPoints, outdir: folder, bundle: true, splitting: true, platform: "node", format: "esm", banner });
  return join(folder, "audit-child.js");
}

function measure(home: string, filter: object): Sample {
  const args = [child, home, PASSWORD, JSON.stringify(filter)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Sample; // written by audit-child.ts
}

function report(): void {
  console.log("One run of each; the unlock is not counted\n");
  const cells = (of: (sample: Sample) => string) => (name: string) => samples.get(name)!.map(of);
  const seconds = cells(({ ms, entries }) => `${(ms / 1000).toFixed(1)} s (${entries.toLocaleString("en")} found)`);
  const memory = cells(({ peakBytes }) => `${(peakBytes / 1e6).toFixed(0)} MB`);
  const names = Object.keys(QUERIES);
  printTable(
    ["Entries", ...SIZES.map((size) => size.toLocaleString("en"))],
    [
      ...names.map((name) => [name, ...seconds(name)]),
      ...names.map((name) => [`Peak memory: ${name}`, ...memory(name)]),
      ["Making them, without the disk's syncs", ...made.map((ms) => `${(ms / 1000).toFixed(1)} s`)],
    ],
  );
}
