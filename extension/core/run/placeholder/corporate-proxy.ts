import { request } from "node:http";
import { request as secureRequest } from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import type { Environment } from "../child-env.ts";

/** The proxy that the person's own environment names for a host, as curl and Node read it. undefined = go directly. */
export function proxyFor(environment: Environment, host: string, port: number, secure: boolean): URL | undefined {
  if (isExempt(either(environment, "NO_PROXY") ?? "", host, port)) return undefined;
  const text = either(environment, secure ? "HTTPS_PROXY" : "HTTP_PROXY") ?? either(environment, "ALL_PROXY");
  if (text === undefined || text === "") return undefined;
  const url = text.includes("://") ? text : `http://${text}`;
  return URL.canParse(url) ? new URL(url) : undefined;
}

/** Asks an HTTP proxy for a tunnel. Rejects if it refuses. */
export function tunnelThrough(proxy: URL, host: string, port: number): Promise<Duplex> {
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const authorization = `Basic ${Buffer.from(credentials).toString("base64")}`;
  const open = proxy.protocol === "https:" ? secureRequest : request;
  return new Promise((resolve, reject) => {
    const asked = open({
      host: proxy.hostname.replace(/^\[|\]$/g, ""),
      port: proxy.port === "" ? (proxy.protocol === "https:" ? 443 : 80) : Number(proxy.port),
      method: "CONNECT",
      path: authority,
      headers: { host: authority, ...(proxy.username === "" ? {} : { "proxy-authorization": authorization }) },
      agent: false,
    });
    asked.once("connect", (response, socket) => {
      if (response.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Error(`The proxy answered ${response.statusCode} to CONNECT.`));
    });
    asked.once("error", reject);
    asked.end();
  });
}

function either(environment: Environment, name: string): string | undefined {
  return environment[name.toLowerCase()] ?? environment[name];
}

function isExempt(list: string, host: string, port: number): boolean {
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true;
      const [, name = "", only] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
      return (only === undefined || Number(only) === port) && (host === name || host.endsWith(`.${name}`));
    });
}
