import { randomBytes } from "node:crypto";
import type { Ask, VaultAccess } from "#core/run/vault-access.ts";
import type { AgentAddress } from "#mcp/agent-request.ts";
import { removeNote, writeNote } from "#mcp/device/agent-note.ts";
import { makePrivateFolder } from "#mcp/device/private-file.ts";
import { socketAddress } from "#mcp/device/socket-address.ts";
import type { ThisProcess } from "#mcp/device/this-process.ts";
import { ACCESS_PATH } from "#mcp/rpc-calls.ts";
import type { ServerDeps } from "#mcp/server-deps.ts";
import type { WindowVault } from "./window-vault.ts";

export interface WindowServer {
  readonly address: AgentAddress;
  /** The key of this window's socket: 256 random bits, and another one in each window. */
  readonly nonce: string;
  close(): Promise<void>;
}

export interface WindowServerOptions {
  readonly own: ThisProcess;
  readonly vault: WindowVault;
  readonly deps: ServerDeps;
  readonly newAsk: (client: string) => Ask;
  readonly transport: "socket" | "loopback";
}

/** Loads what serving needs, a little at a time. */
export async function loadServer(deps: ServerDeps) {
  const { serveSocket } = await import("#mcp/serve-socket.ts");
  const { vaultRpc } = await import("#mcp/vault-rpc.ts");
  const { warmUp } = await import("#mcp/warm-up.ts");
  warmedUp ??= warmUp(deps);
  await warmedUp;
  return { serveSocket, vaultRpc };
}

let warmedUp: Promise<void> | undefined;

/**
 * Serves MCP to this window, and the vault to this user's other programs while it is unlocked: they find it by a note
 * in a folder that only this user may enter.
 */
export async function serveWindow({ own, vault, deps, newAsk, transport }: WindowServerOptions): Promise<WindowServer> {
  const { serveSocket, vaultRpc } = await loadServer(deps);
  const nonce = randomBytes(32).toString("base64url");
  makePrivateFolder(own.paths.runtime);
  const present = async (): Promise<VaultAccess | undefined> => vault.access;
  const server = await serveSocket(deps, {
    address: transport === "loopback" ? { port: 0 } : socketAddress(own.paths.runtime, `window-${process.pid}`),
    nonce,
    routes: { [ACCESS_PATH]: vaultRpc(present, deps.log, newAsk) },
  });
  const note = `window-${process.pid}.json` as const;
  const tell = (): void => {
    if (vault.access === undefined) removeNote(own.paths.runtime, note, process.pid);
    else
      writeNote(own.paths.runtime, note, { address: server.address, nonce, pid: process.pid, vault: own.paths.vault });
  };
  tell();
  const watch = vault.onDidChange(tell);
  return {
    address: server.address,
    nonce,
    close: async () => {
      watch.dispose();
      removeNote(own.paths.runtime, note, process.pid);
      await server.close();
    },
  };
}
