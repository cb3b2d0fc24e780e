import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import { canonicalHost } from "./allowed-host.ts";

export interface Target {
  /** Canonical. */
  readonly host: string;
  readonly port: number;
}

export interface Problem {
  readonly status: number;
  readonly text: string;
}

/**
 * A request inside of a tunnel must be for the host that the tunnel leads to, by every name that it carries: else a
 * server behind a shared front could hand the value to another host than the allowed one.
 */
export function problemOf(request: IncomingMessage, target: Target): Problem | undefined {
  const { servername } = request.socket as TLSSocket; // the server is a TLS server
  if (typeof servername === "string" && servername !== "" && canonicalHost(servername) !== target.host) {
    return { status: 421, text: "The TLS server name is another one than the host of the tunnel." };
  }
  const hosts = request.rawHeaders.filter((_, at, all) => at % 2 === 1 && all[at - 1]!.toLowerCase() === "host");
  if (hosts.length !== 1 || !isTarget(hosts[0]!, target)) {
    return { status: 421, text: "The Host header is another one than the host of the tunnel." };
  }
  // An absolute URL would name a host again, and servers differ in which one they follow.
  if (!request.url!.startsWith("/")) return { status: 400, text: "The request target is no path." };
  if (request.headers.upgrade !== undefined) {
    return { status: 501, text: "WebSockets and other upgrades don't work with placeholders." };
  }
  return undefined;
}

function isTarget(header: string, { host, port }: Target): boolean {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(header);
  return match !== null && canonicalHost(match[1]!) === host && Number(match[2] ?? 443) === port;
}
