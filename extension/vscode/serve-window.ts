import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ask, VaultAccess } from "#core/run/vault-access.ts";
import type { AgentAddress } from "#mcp/agent-request.ts";
import { removeNote, writeNote } from "#mcp/device/agent-note.ts";
import { makePrivateFolder } from "#mcp/device/private-file.ts";
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

/**
 * Serves MCP to this window, and the vault to this user's other programs while it is unlocked: they find it by a note
 * in a folder that only this user may enter.
 */
export async function serveWindow({ own, vault, deps, newAsk, transport }: WindowServerOptions): Promise<WindowServer> {
  const [{ serveSocket }, { vaultRpc }] = await Promise.all([
    import("#mcp/serve-socket.ts"),
    import("#mcp/vault-rpc.ts"),
  ]);
  const nonce = randomBytes(32).toString("base64url");
  makePrivateFolder(own.paths.runtime);
  const present = async (): Promise<VaultAccess | undefined> => vault.access;
  const server = await serveSocket(deps, {
    address: transport === "loopback" ? { port: 0 } : windowSocket(own.paths.runtime),
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

/** Each window has its own; the name is known before the server listens, which VS Code wants. */
export function windowSocket(runtime: string, platform: NodeJS.Platform = process.platform): { socketPath: string } {
  if (platform === "win32") {
    const folder = createHash("sha256").update(runtime.toLowerCase()).digest("hex").slice(0, 24);
    return { socketPath: `\\\\.\\pipe\\opaquevault-${folder}-${process.pid}` };
  }
  const socketPath = join(runtime, `window-${process.pid}.sock`);
  if (Buffer.byteLength(socketPath) <= MAX_SOCKET_PATH) return { socketPath };
  // mkdtemp makes a folder of mode 0700 that nobody else can have prepared.
  return { socketPath: join(mkdtempSync(join(tmpdir(), "ov-")), "window.sock") };
}

/** sun_path has 104 bytes on macOS and the BSDs, with its end. */
const MAX_SOCKET_PATH = 103;
