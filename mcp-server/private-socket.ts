import { randomBytes } from "node:crypto";
import { chmod, lstat, mkdir, rename, unlink } from "node:fs/promises";
import { connect, type Server } from "node:net";
import path from "node:path";
import { VaultError } from "#core/vault-error.ts";
import type { AgentAddress } from "#mcp/agent-request.ts";

/**
 * Listens where only this user reaches it: a socket of mode 0600 in a folder of mode 0700, a Windows pipe, or a port
 * of 127.0.0.1 (0 = any). A socket file whose process has ended is replaced; one whose process lives is an error.
 */
export async function listenPrivately(server: Server, address: AgentAddress): Promise<AgentAddress> {
  if ("port" in address) {
    await listening(server, { host: "127.0.0.1", port: address.port });
    const bound = server.address();
    return { port: typeof bound === "object" && bound !== null ? bound.port : address.port };
  }
  const { socketPath } = address;
  if (isPipe(socketPath)) {
    await listening(server, { path: socketPath });
    return address;
  }
  if (Buffer.byteLength(socketPath) > MAX_SOCKET_PATH) {
    throw new VaultError(
      "argument-invalid",
      `The socket path ${JSON.stringify(socketPath)} is longer than ${MAX_SOCKET_PATH} bytes. Choose a shorter folder.`,
    );
  }
  await privateFolder(path.dirname(socketPath));
  try {
    await listening(server, { path: socketPath });
  } catch (error) {
    if (!hasCode(error, "EADDRINUSE")) throw error;
    await removeStale(socketPath);
    await listening(server, { path: socketPath });
  }
  await chmod(socketPath, 0o600);
  return address;
}

/** sun_path has 104 bytes on macOS and the BSDs, with its end. */
export const MAX_SOCKET_PATH = 103;

function isPipe(socketPath: string): boolean {
  return socketPath.startsWith("\\\\.\\pipe\\") || socketPath.startsWith("\\\\?\\pipe\\");
}

/** Makes the folder, or checks that it is ours and closes it to others. A link would lead somewhere else. */
async function privateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const stat = await lstat(folder);
  const isOurs = process.getuid === undefined || stat.uid === process.getuid();
  if (!stat.isDirectory() || !isOurs) {
    throw new VaultError(
      "store-failed",
      `${JSON.stringify(folder)} is not a folder of this user, so no socket is safe in it. Remove it, then try again.`,
    );
  }
  if ((stat.mode & 0o077) !== 0) await chmod(folder, 0o700);
}

/**
 * Two processes may find the same stale file, and the slower one must not remove the socket of the faster: so the
 * file is taken away under another name first, and tried once more there.
 */
async function removeStale(socketPath: string): Promise<void> {
  if (await isAlive(socketPath)) throw inUse(socketPath);
  const aside = `${socketPath}.${randomBytes(4).toString("hex")}`;
  await rename(socketPath, aside);
  if (await isAlive(aside)) {
    await rename(aside, socketPath);
    throw inUse(socketPath);
  }
  await unlink(aside);
}

async function isAlive(socketPath: string): Promise<boolean> {
  if (!(await lstat(socketPath)).isSocket()) {
    throw new VaultError(
      "store-failed",
      `${JSON.stringify(socketPath)} is in the way and no socket. Remove it, then try again.`,
    );
  }
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error) => resolve(!hasCode(error, "ECONNREFUSED") && !hasCode(error, "ENOENT")));
  });
}

function listening(server: Server, where: { path: string } | { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function inUse(socketPath: string): VaultError {
  return new VaultError(
    "agent-unreachable",
    `Another process of OpaqueVault listens at ${JSON.stringify(socketPath)}. Use that one, or end it with "ov lock".`,
  );
}
