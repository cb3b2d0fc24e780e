import { connect } from "node:net";
import type { Agent, AgentAddress } from "#mcp/agent-request.ts";
import { type AgentNote, readNotes } from "./agent-note.ts";
import type { Paths } from "./paths.ts";

/** The first process that holds this vault and listens: `ov unlock`, else an editor's window. Never this process. */
export async function findAgent(paths: Paths): Promise<Agent | undefined> {
  for (const note of notesOf(paths)) if (await listens(note.address)) return note;
  return undefined;
}

export async function findAgents(paths: Paths): Promise<readonly Agent[]> {
  const notes = notesOf(paths);
  const alive = await Promise.all(notes.map(({ address }) => listens(address)));
  return notes.filter((_, index) => alive[index]);
}

function notesOf(paths: Paths): readonly AgentNote[] {
  return readNotes(paths.runtime).filter(({ vault, pid }) => vault === paths.vault && pid !== process.pid);
}

/** A note outlives a process that was killed. */
function listens(address: AgentAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = "port" in address ? connect(address.port, "127.0.0.1") : connect(address.socketPath);
    socket.setTimeout(2_000, () => socket.destroy(new Error("no answer")));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
