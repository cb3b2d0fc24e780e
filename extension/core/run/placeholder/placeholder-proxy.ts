import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type Server as TlsServer } from "node:https";
import type { LookupFunction } from "node:net";
import type { Environment } from "../child-env.ts";
import { canonicalHost, isAllowed } from "./allowed-host.ts";
import type { Target } from "./check-request.ts";
import { proxyFor } from "./corporate-proxy.ts";
import { type ExchangeDeps, exchange, OVER } from "./exchange.ts";
import type { RunCa } from "./run-ca.ts";

export interface ProxyOptions extends ExchangeDeps {
  readonly ca: RunCa;
  /** Whoever has it may use the proxy: the child, and nobody else on this machine. */
  readonly token: string;
  readonly environment: Environment;
  /** For tunnels to other hosts. Left out: as the system does it, since the child could connect there by itself. */
  readonly lookup?: LookupFunction;
}

export interface PlaceholderProxy {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * The child's proxy. Tunnels to allowed hosts end here, in a TLS server for that host; every other tunnel is passed
 * on as it is, unread, and through the person's own proxy where there is one.
 */
export async function startPlaceholderProxy(options: ProxyOptions): Promise<PlaceholderProxy> {
  // Loaded late: most runs need no proxy.
  const { Server, RequestError } = await import("proxy-chain");
  const { environment, lookup, secrets, token, use, watch } = options;
  const servers = new Map<string, TlsServer>();
  const serverFor = (target: Target): TlsServer | undefined => {
    const key = `${target.host} ${target.port}`;
    const server = servers.get(key) ?? (servers.size < MAX_HOSTS ? createTlsServer(target, options) : undefined);
    if (server !== undefined) servers.set(key, server);
    return server;
  };

  const proxy = new Server({
    host: "127.0.0.1",
    port: 0,
    prepareRequestFunction: ({ request, hostname, port, isHttp, password }) => {
      if (!isEqual(password, token)) return { requestAuthentication: true };
      if (watch.isOver) throw new RequestError(OVER, 403);
      const host = canonicalHost(hostname);
      if (isHttp) {
        const text = [request.url, ...request.rawHeaders].join("\n");
        for (const { name, placeholder } of secrets) {
          if (text.includes(placeholder)) use.remark(`${name} was sent over plain HTTP, where no value is put in`);
        }
      } else if (host !== undefined && secrets.some((secret) => isAllowed(secret.hosts, host, port, 443))) {
        const customConnectServer = serverFor({ host, port });
        if (customConnectServer === undefined) throw new RequestError("Too many hosts for one run.", 503);
        return { customConnectServer };
      }
      const upstreamProxyUrl = proxyFor(environment, host ?? hostname, port, !isHttp)?.href ?? null;
      return { upstreamProxyUrl, ...(lookup === undefined ? {} : { dnsLookup: lookup as never }) }; // the same, by another type
    },
  });
  await proxy.listen();
  return {
    port: proxy.port,
    close: async () => {
      for (const server of servers.values()) server.closeAllConnections();
      await proxy.close(true);
    },
  };
}

/** Each wildcard may stand for many. */
const MAX_HOSTS = 256;

/** Never listens: connections are handed to it. */
function createTlsServer(target: Target, options: ProxyOptions): TlsServer {
  const server = createServer(
    // HTTP/2 is not offered; clients fall back.
    { ...options.ca.issue(target.host), ALPNProtocols: ["http/1.1"], minVersion: "TLSv1.2" },
    (request, response) => {
      exchange(request, response, target, options).catch(() => response.destroy());
    },
  );
  // A long upload is the child's business; the run has its own time limit.
  server.requestTimeout = 0;
  // The proxy's server keeps half a connection open when the other half ends; a TLS handshake would wait for ever.
  server.prependListener("connection", (socket) => {
    socket.allowHalfOpen = false;
  });
  // A program that pins certificates breaks off, and says no more than that.
  const remark = (): void =>
    options.use.remark(`a program broke off its connection to ${target.host}: it may not trust this run's certificate`);
  const withRequest = new WeakSet<object>();
  server.on("request", (request) => withRequest.add(request.socket));
  server.on("secureConnection", (socket) => {
    socket.once("close", () => {
      if (!withRequest.has(socket)) remark();
    });
  });
  server.on("tlsClientError", remark);
  return server;
}

function isEqual(text: string, token: string): boolean {
  const [one, other] = [text, token].map((part) => createHash("sha256").update(part).digest());
  return timingSafeEqual(one!, other!);
}
