import { execFileSync } from "node:child_process";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { needDebianPackages } from "../../../scripts/vscode/debian.ts";
import { onTinyDisk } from "../../core/store/mounted.ts";
import { startApiProcess } from "./api-process.ts";
import { type LoadResult, startLoad } from "./load.ts";
import { quickCaller } from "./quick-caller.ts";
import { randomOf } from "./random-of.ts";

export interface DiskFaults extends LoadResult {
  readonly faults: number;
  /** Writes that were acknowledged while none could be stored. Has to be 0. */
  readonly unsafe: number;
  /** Reads that were refused meanwhile. */
  readonly readsRefused: number;
}

interface Size {
  readonly writes: number;
  readonly faults: number;
  readonly seed: number;
}

/** Files of the server may not grow (RLIMIT_FSIZE): what a quota or a full disk is to SQLite. Needs no rights. */
export function noRoomToGrow(folder: string, size: Size): Promise<DiskFaults> {
  return withFaults(folder, size, (pid) => {
    execFileSync("prlimit", ["--pid", String(pid), "--fsize=4096:"]);
    return () => void execFileSync("prlimit", ["--pid", String(pid), "--fsize=unlimited:"]);
  });
}

/** A disk of 100 MiB that is filled by somebody else's file, to the last byte. Needs to be allowed to mount. */
export async function fullDisk(folder: string, size: Size): Promise<DiskFaults> {
  let found: DiskFaults | undefined;
  await onTinyDisk(folder, "100m", async () => {
    found = await withFaults(folder, size, () => {
      const ballast = join(folder, "of-somebody-else");
      try {
        writeFileSync(ballast, Buffer.alloc(100 << 20));
      } catch {
        // As much as there was room for.
      }
      return () => rmSync(ballast);
    });
  });
  return found!; // the work was done, or it threw
}

/** fsync answers EIO for a while, as on a disk that fails. */
export async function failingSync(folder: string, { writes, faults }: Size): Promise<DiskFaults> {
  needDebianPackages(["strace"], ["/usr/bin/strace"]);
  const inject = `inject=fsync,fdatasync:error=EIO:when=${START_SYNCS}..${START_SYNCS + faults - 1}`;
  const log = join(folder, "strace.log");
  const tracer = ["strace", "-f", "-P", join(folder, "vaults.db"), "-P", join(folder, "vaults.db-wal")];
  const api = await startApiProcess({ folder }, [...tracer, "-e", "trace=fsync,fdatasync", "-e", inject, "-o", log]);
  const load = await startLoad([api], writes);
  await load.until(writes);
  await api.kill();
  const again = await startApiProcess({ folder });
  const result = await load.result(again);
  await again.stop();
  const failed = Number(execFileSync("grep", ["-c", "INJECTED", log], { encoding: "utf8" }));
  return { ...result, faults: failed, unsafe: 0, readsRefused: 0 };
}

async function withFaults(
  folder: string,
  { writes, faults, seed }: Size,
  begin: (pid: number) => () => void,
): Promise<DiskFaults> {
  const random = randomOf(seed);
  const api = await startApiProcess({ folder });
  const load = await startLoad([api], writes);
  const reader = await quickCaller(api, load.vault.device);
  let [unsafe, readsRefused] = [0, 0];
  for (let fault = 0; fault < faults; fault++) {
    await load.until((writes * (fault + random())) / (faults + 1));
    const end = begin(api.pid);
    await sleep(100); // what was on its way is over
    const before = load.finished;
    const size = statSync(join(folder, "vaults.db-wal")).size;
    for (let read = 0; read < 10; read++) {
      if ((await reader.call("GET", "/environments")).status !== 200) readsRefused++;
    }
    await sleep(200 + random() * 200);
    // What fits into the log as it is may be stored, and then may be acknowledged.
    if (load.finished > before && statSync(join(folder, "vaults.db-wal")).size > size) unsafe++;
    end();
  }
  await load.until(writes);
  await api.kill();
  reader.close();
  const again = await startApiProcess({ folder });
  const result = await load.result(again);
  await again.stop();
  return { ...result, faults, unsafe, readsRefused };
}

/** Syncs of the first start, and a few of the first writes. */
const START_SYNCS = 90;
