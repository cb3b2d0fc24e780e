import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Agent, AgentAddress } from "#mcp/agent-request.ts";
import { writePrivateFile } from "./private-file.ts";

/** How other processes of this user find one that holds an unlocked vault, and get in. It lies in the 0700 folder. */
export interface AgentNote extends Agent {
  readonly pid: number;
  /** The vault's place: an agent of another vault is none of ours. */
  readonly vault: string;
}

/** `ov unlock` has one; each editor window has its own. */
export type NoteFile = typeof AGENT_NOTE | `window-${string}.json`;
export const AGENT_NOTE = "agent.json";

/** Every note, that of `ov unlock` first, then those of editor windows. Notes of ended processes may be among them. */
export function readNotes(runtime: string): readonly AgentNote[] {
  let files: readonly string[];
  try {
    files = readdirSync(runtime);
  } catch {
    return [];
  }
  const windows = files.filter((file) => /^window-[\w.-]+\.json$/.test(file));
  const known = files.includes(AGENT_NOTE) ? [AGENT_NOTE, ...windows] : windows;
  return known.flatMap((file) => readNote(join(runtime, file)) ?? []);
}

export function writeNote(runtime: string, file: NoteFile, note: AgentNote): void {
  writePrivateFile(join(runtime, file), `${JSON.stringify(note)}\n`);
}

/** Removes the note, if it is still this process's. */
export function removeNote(runtime: string, file: NoteFile, pid: number): void {
  const path = join(runtime, file);
  if (readNote(path)?.pid === pid) rmSync(path, { force: true });
}

function readNote(path: string): AgentNote | undefined {
  try {
    const note: unknown = JSON.parse(readFileSync(path, "utf8"));
    return isNote(note) ? note : undefined;
  } catch {
    return undefined;
  }
}

function isNote(note: unknown): note is AgentNote {
  if (typeof note !== "object" || note === null) return false;
  const { pid, vault, nonce, address } = note as Record<string, unknown>;
  return Number.isInteger(pid) && typeof vault === "string" && typeof nonce === "string" && isAddress(address);
}

function isAddress(address: unknown): address is AgentAddress {
  if (typeof address !== "object" || address === null) return false;
  if ("socketPath" in address) return typeof address.socketPath === "string";
  return "port" in address && Number.isInteger(address.port);
}
