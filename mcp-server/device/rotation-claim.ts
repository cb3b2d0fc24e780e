import { createHash } from "node:crypto";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isVaultError, VaultError } from "#core/vault-error.ts";
import { listenPrivately, MAX_SOCKET_PATH } from "#mcp/private-socket.ts";

/**
 * Tells other processes of this user that a rotation is at work in this one, until what is returned is called. Refuses
 * with `vault-conflict` while another process tells so. It is a socket on which nothing is said: it ends with its
 * process, however that ends, and no number of a process can come to mean another one.
 */
export async function claimRotation(runtime: string, id: string): Promise<() => Promise<void>> {
  const watchers = new Set<Socket>();
  const server = createServer((socket) => {
    watchers.add(socket);
    socket.on("error", () => {}); // the other end was killed
    socket.on("close", () => watchers.delete(socket));
    socket.resume().unref();
  });
  try {
    await listenPrivately(server, { socketPath: claimPath(runtime, id) });
  } catch (error) {
    throw isVaultError(error, "agent-unreachable") ? atWorkElsewhere() : error;
  }
  server.unref();
  return async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of watchers) socket.destroy();
    await closed;
  };
}

/** A process that is at a rotation. */
export interface RotationHolder {
  /** Resolved when it is over, or its process is ending, or `close` was called. Whoever asks too early again is told again. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Who is at a rotation now, or undefined. Whoever goes on with one claims it first, and this is only to be shown. */
export function holderOf(runtime: string, id: string): Promise<RotationHolder | undefined> {
  return new Promise((resolve) => {
    const socket = connect(claimPath(runtime, id));
    const ended = new Promise<void>((end) => socket.once("close", () => end()));
    socket.on("error", () => resolve(undefined));
    socket.once("connect", () => resolve({ ended, close: () => socket.destroy() }));
    socket.resume().unref();
  });
}

export async function isAtWorkElsewhere(runtime: string, id: string): Promise<boolean> {
  const holder = await holderOf(runtime, id);
  holder?.close();
  return holder !== undefined;
}

/** Found by the id alone, which comes out of the vault: whoever may write there must not choose a path. */
function claimPath(runtime: string, id: string): string {
  const name = `rotation-${shortHash(id)}`;
  if (process.platform === "win32") return `\\\\.\\pipe\\opaquevault-${shortHash(runtime.toLowerCase())}-${name}`;
  const path = join(runtime, `${name}.sock`);
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) return path;
  return join(tmpdir(), `ov-${shortHash(runtime)}`, `${name}.sock`);
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 24);
}

export function atWorkElsewhere(): VaultError {
  return new VaultError(
    "vault-conflict",
    "Another process is at this rotation now, such as ov in another terminal, or VS Code. Wait until it is over, or end it there.",
  );
}
