import { execFile } from "node:child_process";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processesOf, type RunProcesses } from "./process-table.ts";

/**
 * Ends every process of a run: asks first, and kills what is still there after the grace. Resolves when none is left.
 * Also right for a run whose first process has ended: what it left behind still holds the secrets.
 * Windows: only descendants of a first process that still lives are found.
 */
export async function killTree(
  run: RunProcesses,
  { first = "SIGTERM", graceMs = 2_000 }: { readonly first?: "SIGTERM" | "SIGHUP"; readonly graceMs?: number } = {},
): Promise<void> {
  if (process.platform === "win32") return taskkill(run.leader);
  if (!(await signal(run, first))) return;
  if (await isGone(run, graceMs)) return;
  // More than one round, because a process may start another one while we read the list.
  for (let round = 0; round < 50; round++) {
    if (!(await signal(run, "SIGKILL"))) return;
    if (await isGone(run, 100)) return;
  }
}

/** Sends to the whole group at once, and to each that left it. False when no process of the run is left. */
async function signal(run: RunProcesses, name: NodeJS.Signals): Promise<boolean> {
  const members = await processesOf(run);
  if (members.some((row) => row.group === run.leader)) send(-run.leader, name);
  for (const row of members) if (row.group !== run.leader) send(row.pid, name);
  return members.length > 0;
}

function send(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // ended meanwhile, or has become another user's (sudo): nothing that we could do
  }
}

async function isGone(run: RunProcesses, waitMs: number): Promise<boolean> {
  const until = performance.now() + waitMs;
  for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
    if ((await processesOf(run)).length === 0) return true;
    if (performance.now() >= until) return false;
    await sleep(pause);
  }
}

function taskkill(pid: number): Promise<void> {
  return new Promise((resolve) => {
    // Windows looks for a program in the working folder first, and that may be a project's.
    const options = { windowsHide: true, cwd: dirname(process.execPath) };
    execFile("taskkill", ["/T", "/F", "/PID", String(pid)], options, () => resolve());
  });
}
