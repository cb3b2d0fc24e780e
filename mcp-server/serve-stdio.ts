import type { Readable, Writable } from "node:stream";
import { serveStdio as serve } from "@modelcontextprotocol/server/stdio";
import { createServer } from "#mcp/create-server.ts";
import type { ServerDeps } from "#mcp/server-deps.ts";
import { StdioTransport } from "#mcp/stdio-transport.ts";

/**
 * Serves one client on two streams until its end of input. Then every run and shell of this process is ended, and the
 * promise resolves.
 */
export async function serveStdio(
  deps: ServerDeps,
  input: Readable = process.stdin,
  output: Writable = process.stdout,
): Promise<void> {
  const transport = new StdioTransport(input, output);
  const ended = new Promise<void>((resolve) => {
    // Set before the SDK adds its own: that one calls this first.
    const connection = serve(() => createServer(deps), {
      transport,
      // Errors of the protocol may quote messages, so only their kind is logged.
      onerror: (error) => deps.log(`mcp-error ${error.name}`),
    });
    const inner = transport.onclose;
    transport.onclose = () => {
      inner?.();
      void connection.close().finally(resolve);
    };
  });
  await ended;
  await deps.suspended.close();
  await deps.shells.closeAll();
  await deps.forward?.close?.();
}
