import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { RUN_VARIABLE } from "./run-marker.ts";

/** A run to look for: the pid of its first process, its marker, and when it started (`performance.now()`). */
export interface RunProcesses {
  readonly leader: number;
  readonly marker: string;
  readonly startedAt: number;
}

export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly marked: boolean;
}

/** The living processes of a run: those with its marker, those of its group, and what descends from either. */
export async function processesOf(run: RunProcesses): Promise<readonly ProcessRow[]> {
  const table = process.platform === "linux" ? linuxTable(run) : await psTable(run);
  const members = new Map<number, ProcessRow>();
  for (let size = -1; size !== members.size; ) {
    size = members.size;
    for (const row of table) {
      if (row.marked || row.pid === run.leader || row.group === run.leader || members.has(row.parent)) {
        members.set(row.pid, row);
      }
    }
  }
  members.delete(process.pid);
  return [...members.values()];
}

function linuxTable({ leader, marker, startedAt }: RunProcesses): ProcessRow[] {
  const pids = pidsSince(leader, performance.now() - startedAt);
  return pids.map((pid) => linuxRow(pid, marker)).filter((row) => row !== undefined);
}

/**
 * Linux hands out pids in a circle, so what a short run started lies between its leader and the newest pid: for `true`
 * a handful instead of every process of the machine. After 10 s the circle may have closed, and all are looked at.
 */
function pidsSince(leader: number, ageMs: number): readonly number[] {
  const newest = ageMs < 10_000 ? Number(read("/proc/loadavg")?.trim().split(" ").at(-1)) : Number.NaN;
  if (newest === leader) return [leader];
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  if (Number.isNaN(newest)) return pids;
  return pids.filter((pid) => (newest >= leader ? pid >= leader && pid <= newest : pid >= leader || pid <= newest));
}

function linuxRow(pid: number, marker: string): ProcessRow | undefined {
  // "pid (name) state parent group …": the name may hold blanks and brackets.
  const stat = read(`/proc/${pid}/stat`);
  const [state, parent, group] = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
  if (state === undefined || state === "Z" || state === "X") return undefined;
  const environment = `\0${read(`/proc/${pid}/environ`) ?? ""}`;
  return { pid, parent: Number(parent), group: Number(group), marked: isMarked(environment, "\0", marker) };
}

function isMarked(environment: string, separator: string, marker: string): boolean {
  const at = environment.indexOf(`${separator}${RUN_VARIABLE}=`);
  if (at < 0) return false;
  const end = environment.indexOf(separator, at + 1);
  return environment.slice(at, end < 0 ? undefined : end).includes(marker);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined; // ended meanwhile, or another user's
  }
}

/** macOS and the BSDs: `ps` shows the environment of one's own processes behind the command. */
function psTable({ marker }: RunProcesses): Promise<ProcessRow[]> {
  const args = ["-A", "-E", "-ww", "-o", "pid=,ppid=,pgid=,stat=,command="];
  return new Promise((resolve) => {
    execFile("/bin/ps", args, { encoding: "latin1", maxBuffer: 64 * 1024 * 1024, env: {} }, (_error, stdout) => {
      resolve(parsePs(stdout, marker));
    });
  });
}

export function parsePs(stdout: string, marker: string): ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const line of stdout.split("\n")) {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s?(.*)$/.exec(line);
    if (match === null || match[4]!.startsWith("Z")) continue;
    const [, pid, parent, group, , rest] = match;
    rows.push({
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      marked: isMarked(` ${rest}`, " ", marker),
    });
  }
  return rows;
}
