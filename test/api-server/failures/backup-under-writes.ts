import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ApiProcessOptions, startApiProcess } from "./api-process.ts";
import { startLoad } from "./load.ts";
import { quickCaller } from "./quick-caller.ts";

export interface BackupUnderWrites {
  readonly backups: number;
  /** Writes that were acknowledged while backups were made. */
  readonly writesMeanwhile: number;
  /** Acknowledged before a backup began, and not in what was restored of it. */
  readonly lost: number;
  /** In part in what was restored: a backup is of one moment. */
  readonly half: number;
  /** Restored servers that a client's old cursor did not tell to start again. */
  readonly unsafe: number;
}

/** Backups by the command while clients write; each is restored by the command, to either database, and a server started on it. */
export async function backupUnderWrites(
  from: ApiProcessOptions,
  to: () => Promise<ApiProcessOptions>,
  folder: string,
  { backups }: { readonly backups: number },
): Promise<BackupUnderWrites> {
  const api = await startApiProcess(from);
  const load = await startLoad([api], Number.POSITIVE_INFINITY);
  const reader = await quickCaller(api, load.vault.device);
  const made: { file: string; wanted: readonly number[]; cursor: { epoch: string; revision: number } }[] = [];
  const sum = { backups, writesMeanwhile: 0, lost: 0, half: 0, unsafe: 0 };
  for (let count = 0; count < backups; count++) {
    await load.until(load.finished + 20);
    const file = join(folder, `backup-${count}`);
    const { epoch, revision } = (await reader.call("GET", "/changes?since=0")).body;
    const wanted = load.ledgers.map(({ acknowledged }) => acknowledged);
    const before = load.finished;
    await run(["backup", file], from);
    sum.writesMeanwhile += load.finished - before;
    made.push({ file, wanted, cursor: { epoch, revision } });
  }
  load.end();
  const result = await load.result(api);
  sum.lost += result.lost;
  sum.half += result.half;
  reader.close();
  await api.stop();
  for (const { file, wanted, cursor } of made) {
    const target = { ...(await to()), keyFile: join(from.folder, "server-keys.json") };
    await run(["restore", file], target);
    const restored = await startApiProcess(target);
    const caller = await quickCaller(restored, load.vault.device);
    for (const [at, ledger] of load.ledgers.entries()) {
      const found = await ledger.check(caller, wanted[at]!);
      sum.lost += found.lost;
      sum.half += found.half;
    }
    const old = await caller.call("GET", `/changes?since=${cursor.revision}&epoch=${cursor.epoch}`);
    if (old.body?.code !== "resync_required") sum.unsafe++;
    caller.close();
    await restored.stop();
  }
  return sum;
}

async function run(args: readonly string[], { folder, keyFile, databaseUrl }: ApiProcessOptions): Promise<void> {
  const all = [...args, "--folder", folder, ...(keyFile === undefined ? [] : ["--key-file", keyFile])];
  const env = { PATH: process.env.PATH, ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) };
  const child = spawn(process.execPath, [PROGRAM, ...all], { env, stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.on("data", (chunk) => (errors += String(chunk)));
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`ov-api ${args[0]} ended with ${code}: ${errors}`);
}

const PROGRAM = fileURLToPath(new URL("../../../api-server/main.ts", import.meta.url));
