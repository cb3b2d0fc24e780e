import { createServer } from "node:http";
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export interface Metrics {
  observe(route: string, status: number, seconds: number): void;
  /** Serves them on loopback, on a listener of their own. */
  listen(port: number): Promise<{ readonly url: string; close(): Promise<void> }>;
}

/** What is looked at when somebody asks. */
export interface Gauges {
  news(): { readonly watches: number; readonly isHeard: boolean };
  /** ms since 1970 */
  keysEnd(): number;
}

/** Counts and times of calls by operation and status: no ids, no addresses. docs/server.md has their names. */
export function metrics({ news, keysEnd }: Gauges): Metrics {
  const registry = new Registry();
  const gauge = (name: string, help: string, value: () => number): void => {
    const made: Gauge = new Gauge({ name, help, registers: [registry], collect: () => made.set(value()) });
  };
  gauge("ov_waiting_calls", "Calls that wait for a change", () => news().watches);
  gauge("ov_hears_instances", "1: changes through other instances wake who waits at once", () =>
    Number(news().isHeard),
  );
  gauge("ov_seal_keys_end_seconds", "When the last seal key ends", () => keysEnd() / 1000);
  const calls = new Histogram({
    name: "ov_call_seconds",
    help: "Sealed calls by operation and inner status",
    labelNames: ["route", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30],
    registers: [registry],
  });
  return {
    observe: (route, status, seconds) => calls.observe({ route, status }, seconds),
    async listen(port) {
      collectDefaultMetrics({ register: registry });
      const server = createServer((request, response) => {
        if (request.url !== "/metrics") {
          response.writeHead(404).end();
          return;
        }
        void registry
          .metrics()
          .then((text) => response.writeHead(200, { "content-type": registry.contentType }).end(text));
      });
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, "127.0.0.1", resolve);
      });
      const address = server.address();
      const bound = typeof address === "object" && address !== null ? address.port : port;
      return {
        url: `http://127.0.0.1:${bound}/metrics`,
        close: () =>
          new Promise((resolve) => {
            server.close(() => resolve());
            server.closeAllConnections();
          }),
      };
    },
  };
}
