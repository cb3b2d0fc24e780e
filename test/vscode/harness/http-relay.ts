import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands before a server, passes everything on, and keeps what it was asked for. */
export interface HttpRelay {
  readonly url: string;
  /** "GET /path" of each request so far. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export async function startRelay(target: string): Promise<HttpRelay> {
  const asked: string[] = [];
  const server = createServer((incoming, answer) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    const { method, headers } = incoming;
    const passed = request(new URL(incoming.url ?? "/", target), { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens on TCP
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
