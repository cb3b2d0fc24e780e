import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentAddress } from "#mcp/agent-request.ts";
import { MAX_SOCKET_PATH } from "#mcp/private-socket.ts";

/**
 * Where the holder of a vault listens: "agent" is one fixed place, so that a second agent of the same folder finds it
 * taken, and each editor window has its own.
 */
export function socketAddress(
  runtime: string,
  holder: "agent" | `window-${number}`,
  platform: NodeJS.Platform = process.platform,
): AgentAddress {
  if (platform === "win32") {
    const folder = createHash("sha256").update(runtime.toLowerCase()).digest("hex").slice(0, 24);
    const which = holder === "agent" ? "" : holder.replace("window", "");
    return { socketPath: `\\\\.\\pipe\\opaquevault-${folder}${which}` };
  }
  const socketPath = join(runtime, `${holder}.sock`);
  if (Buffer.byteLength(socketPath) <= MAX_SOCKET_PATH) return { socketPath };
  // mkdtemp makes a folder of mode 0700 that nobody else can have prepared.
  return { socketPath: join(mkdtempSync(join(tmpdir(), "ov-")), `${randomBytes(4).toString("hex")}.sock`) };
}
