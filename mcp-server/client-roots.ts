import { fileURLToPath } from "node:url";
import type { Server } from "@modelcontextprotocol/server";
import type { Place } from "#mcp/server-deps.ts";

/**
 * The folders a client works in: its roots, where it has some (protocol 2025-11-25 and older), else those of `place`.
 * Asked once, and again when the client says that they changed.
 */
export function clientRoots(server: Server, place: Place): () => Promise<readonly string[]> {
  const fallback = place.roots ?? [place.cwd];
  let known: Promise<readonly string[]> | undefined;
  server.setNotificationHandler("notifications/roots/list_changed", () => {
    known = undefined;
  });
  return () => {
    known ??= listed(server).then(
      (roots) => (roots.length === 0 ? fallback : roots),
      () => fallback,
    );
    return known;
  };
}

async function listed(server: Server): Promise<readonly string[]> {
  const modern = (server.getNegotiatedProtocolVersion() ?? "") >= "2026-07-28";
  if (modern || server.getClientCapabilities()?.roots === undefined) return [];
  const { roots } = await server.listRoots(undefined, { timeout: 3_000 });
  return roots.filter((root) => root.uri.startsWith("file://")).map((root) => fileURLToPath(root.uri));
}
