import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { startApi } from "../../../api-server/start-api.ts";
import { needDebianPackages } from "../../../scripts/vscode/debian.ts";
import { startApiProcess } from "./api-process.ts";
import { diskAfterCut } from "./cut-disk.ts";
import { type Ledger, ledgerOf } from "./ledger.ts";
import { madeVault } from "./made-vault.ts";
import { quickCaller } from "./quick-caller.ts";
import { randomOf } from "./random-of.ts";
import { type FileOp, readSyscallLog, straceArgs } from "./syscall-log.ts";

export interface PowerCut {
  readonly writes: number;
  /** Calls of the server to the operating system on the database's files. */
  readonly operations: number;
  readonly cuts: number;
  readonly lost: number;
  readonly half: number;
  /** Of the same cuts on a disk that ignores fsync: to see that a loss would be found. */
  readonly foundWithoutSync: number;
}

/**
 * Records what a server does to its database while clients write; then takes the power away at random moments of that
 * record, and starts a server on what the disk may hold: every write that was acknowledged until then has to be there.
 */
export async function powerCut(
  folder: string,
  { writes, cuts, seed }: { readonly writes: number; readonly cuts: number; readonly seed: number },
): Promise<PowerCut> {
  needDebianPackages(["strace"], ["/usr/bin/strace"]);
  const random = randomOf(seed);
  const recorded = await record(folder, writes);
  const target = join(folder, "after-cut");
  const found = { lost: 0, half: 0, foundWithoutSync: 0 };
  const { ops } = recorded;
  for (let cut = 0; cut < cuts; cut++) {
    const { lost, half } = await look(recorded, 1 + Math.floor(random() * ops.length), target, random);
    found.lost += lost;
    found.half += half;
  }
  for (let cut = 0; cut < Math.max(3, cuts / 20); cut++) {
    const at = Math.floor(ops.length * (0.5 + random() / 2));
    const { lost } = await look(recorded, at, target, random, true).catch(() => ({ lost: 1 }));
    if (lost > 0) found.foundWithoutSync++;
  }
  return { writes, operations: ops.length, cuts, ...found };
}

interface Recorded {
  readonly folder: string;
  readonly ops: readonly FileOp[];
  readonly ledgers: readonly Ledger[];
  readonly device: { readonly id: string; readonly secret: Buffer };
}

async function record(folder: string, writes: number): Promise<Recorded> {
  const log = join(folder, "strace.log");
  const data = join(folder, "data");
  mkdirSync(data);
  const files = ["vaults.db", "vaults.db-wal", "vaults.db-journal"].map((name) => join(data, name));
  const api = await startApiProcess({ folder: data }, straceArgs(log, [data, ...files]));
  const vault = madeVault();
  const base = await quickCaller(api, undefined);
  await base.call("PUT", vault.createPath, vault.createBody);
  const caller = await quickCaller(api, vault.device);
  const ledgers = Array.from({ length: CLIENTS }, () => ledgerOf(vault, RECORD));
  let started = 0;
  await Promise.all(
    ledgers.map(async (ledger) => {
      while (started++ < writes) await ledger.write(caller);
    }),
  );
  base.close();
  caller.close();
  await api.kill();
  return { folder: data, ops: readSyscallLog(log), ledgers, device: vault.device };
}

async function look(
  { folder, ops, ledgers, device }: Recorded,
  count: number,
  target: string,
  random: () => number,
  isSyncIgnored = false,
): Promise<{ readonly lost: number; readonly half: number }> {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  for (const [path, bytes] of diskAfterCut(ops, count, random, isSyncIgnored)) {
    writeFileSync(join(target, basename(path)), bytes);
  }
  copyFileSync(join(folder, "server-keys.json"), join(target, "server-keys.json"));
  // The power was there until the next call began: what was acknowledged by then has to be found.
  const time = ops[count]?.at ?? Number.POSITIVE_INFINITY;
  const wanted = ledgers.map(({ acknowledgedAt }) => acknowledgedAt.filter((at) => at < time).length);
  const api = await startApi({ folder: target, rates: { device: [1e6, 1e6], address: [1e6, 1e6] } });
  try {
    const caller = await quickCaller(api, device);
    let [lost, half] = [0, 0];
    for (const [at, ledger] of ledgers.entries()) {
      // Before its account, a server knows no device: nothing was acknowledged then.
      const found = await ledger.check(caller, wanted[at]!);
      lost += found.lost;
      half += found.half;
    }
    caller.close();
    return { lost, half };
  } finally {
    await api.close();
  }
}

const CLIENTS = 4;
/** So large that some dozens of writes fill the log once, and a checkpoint is among the recorded calls. */
const RECORD = 40_000;
