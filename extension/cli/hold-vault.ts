import { randomBytes } from "node:crypto";
import { type LocalAccessOptions, localAccess } from "#core/run/local-access.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import type { Session } from "#core/vault/session.ts";
import { AGENT_NOTE, removeNote, writeNote } from "#mcp/device/agent-note.ts";
import { makePrivateFolder } from "#mcp/device/private-file.ts";
import { serverDeps } from "#mcp/device/process-deps.ts";
import { socketAddress } from "#mcp/device/socket-address.ts";
import { ACCESS_PATH } from "#mcp/rpc-calls.ts";
import { serveSocket } from "#mcp/serve-socket.ts";
import { vaultRpc } from "#mcp/vault-rpc.ts";
import type { Cli } from "./cli.ts";

export interface HeldVault {
  readonly access: VaultAccess;
  readonly isLocked: boolean;
  /** Resolves when the vault is locked, for whatever reason, and nothing of it is open any more. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/**
 * Holds an unlocked vault in this process for all programs of this user that can read the note in the private folder:
 * until it was idle for `idleMs`, somebody locks it, or the process is told to end.
 */
export async function holdVault(
  cli: Cli,
  session: Session,
  { idleMs, isUnattended }: Pick<LocalAccessOptions, "idleMs" | "isUnattended">,
): Promise<HeldVault> {
  let tellLocked = (): void => {};
  const locked = new Promise<void>((resolve) => {
    tellLocked = resolve;
  });
  const access = localAccess(session, {
    ...{ idleMs, onLock: () => tellLocked() },
    ...(isUnattended && { isUnattended }),
  });
  const present = async (): Promise<VaultAccess | undefined> => (session.locked ? undefined : access);
  const deps = serverDeps(cli, { access: present });
  const nonce = randomBytes(32).toString("base64url");
  try {
    makePrivateFolder(cli.paths.runtime);
    const server = await serveSocket(deps, {
      address: socketAddress(cli.paths.runtime, "agent"),
      nonce,
      routes: { [ACCESS_PATH]: vaultRpc(present, deps.log) },
    });
    writeNote(cli.paths.runtime, AGENT_NOTE, {
      address: server.address,
      nonce,
      pid: process.pid,
      vault: cli.paths.vault,
    });
    const signals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
    const lock = (): void => void access.lock();
    for (const signal of signals) process.on(signal, lock);
    const ended = locked.then(async () => {
      for (const signal of signals) process.off(signal, lock);
      removeNote(cli.paths.runtime, AGENT_NOTE, process.pid);
      // Lets the answer to "lock" out before its connection is closed.
      await new Promise((resolve) => setTimeout(resolve, 50));
      await deps.shells.closeAll();
      deps.matchers.close();
      await server.close();
    });
    return {
      access,
      get isLocked() {
        return session.locked;
      },
      ended,
      close: async () => {
        await access.lock();
        await ended;
      },
    };
  } catch (error) {
    await access.lock();
    deps.matchers.close();
    throw error;
  }
}
