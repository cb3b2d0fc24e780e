import { once } from "node:events";
import { type IncomingMessage, request as plainRequest, type RequestListener } from "node:http";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { compileMatcher } from "#core/redact/matcher.ts";
import { tunnelThrough } from "#core/run/placeholder/corporate-proxy.ts";
import {
  openPlaceholders,
  type PlaceholderOptions,
  type PlaceholderSecret,
  type Placeholders,
} from "#core/run/placeholder/open-placeholders.ts";
import { createRunCa, type RunCa } from "#core/run/placeholder/run-ca.ts";

export const VALUE = "sk_live_4eC39HqLyjWDarjtT1zdp7dc";

let authority: Promise<RunCa> | undefined;
/** The authority that signs the test's servers: made once, since keys are dear. */
export const testCa = (): Promise<RunCa> => (authority ??= createRunCa());

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface Upstream {
  readonly port: number;
  /** Every request that arrived. */
  readonly seen: Seen[];
}

/** An HTTPS server on loopback that notes what it gets, and then answers as told. */
export async function serve(
  t: TestContext,
  answer: (seen: Seen, ...rest: Parameters<RequestListener>) => void = (_seen, _request, response) =>
    response.end("ok"),
  { host = "localhost", ca }: { readonly host?: string; readonly ca?: RunCa } = {},
): Promise<Upstream> {
  const seen: Seen[] = [];
  const server = createServer((ca ?? (await testCa())).issue(host), async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer); // no encoding was set
    const { method, url, headers, rawHeaders } = incoming;
    const one = { method: method!, url: url!, headers, rawHeaders, body: Buffer.concat(chunks).toString("latin1") };
    seen.push(one);
    answer(one, incoming, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, seen }; // a TCP server's address is no string
}

export interface Opened extends Placeholders {
  /** The placeholder of KEY. */
  readonly key: string;
}

/** Placeholders for KEY with VALUE, towards these hosts, closed when the test ends. */
export async function open(
  t: TestContext,
  hosts: readonly string[],
  places?: readonly string[],
  options: Partial<PlaceholderOptions> = {},
): Promise<Opened> {
  const secret: PlaceholderSecret = {
    ...{ name: "KEY", value: Buffer.from(VALUE), allowedHosts: hosts },
    ...(places === undefined ? {} : { places }),
  };
  const secrets = options.secrets ?? [secret];
  const opened = await openPlaceholders({
    ...{ matcher: compileMatcher(secrets), parentEnv: {}, trust: [(await testCa()).certificate] },
    ...options,
    secrets,
  });
  t.after(() => opened.close());
  return { ...opened, key: opened.env[secrets[0]!.name]! };
}

export interface Reply {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingMessage["headers"];
  readonly rawHeaders: readonly string[];
  readonly body: string;
  /** All that came back, for a search. */
  readonly all: string;
}

/** One request through the proxy, by a client that trusts the run's certificates, as the child does. */
export async function send(
  opened: Placeholders,
  port: number,
  options: {
    readonly host?: string;
    readonly path?: string;
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Buffer;
  } = {},
): Promise<Reply> {
  const { host = "localhost", path = "/", method = "GET", headers = {}, body } = options;
  const socket = await secureTunnel(opened, host, port);
  const outgoing = request({ createConnection: () => socket, host, port, path, method, headers });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage]; // that event's argument
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer); // no encoding was set
  socket.destroy();
  const text = Buffer.concat(chunks).toString("latin1");
  const { statusCode, statusMessage = "", rawHeaders } = incoming;
  const all = [statusMessage, ...rawHeaders, text].join("\n");
  return { status: statusCode!, statusText: statusMessage, headers: incoming.headers, rawHeaders, body: text, all };
}

/** TLS to a host through the proxy, with the certificates that the child is told to trust. */
export async function secureTunnel(
  opened: Placeholders,
  host: string,
  port: number,
  servername: string = host,
): Promise<TLSSocket> {
  const { readFile } = await import("node:fs/promises");
  const ca = await readFile(opened.env.SSL_CERT_FILE!, "utf8");
  const tunnel = await tunnelThrough(new URL(opened.proxy), host, port);
  const socket = connect({
    socket: tunnel,
    servername,
    host,
    ca: ca.match(/-----BEGIN[\s\S]*?END CERTIFICATE-----/g)!,
  });
  await once(socket, "secureConnect");
  return socket;
}

/** The bytes that come back for bytes that no client would send. */
export async function raw(socket: TLSSocket, bytes: string): Promise<string> {
  socket.write(bytes, "latin1");
  let text = "";
  socket.setTimeout(20_000, () => socket.destroy());
  for await (const chunk of socket) {
    text += (chunk as Buffer).toString("latin1"); // no encoding was set
    if (/\r\n0\r\n\r\n$/.test(text) || /\r\n\r\n.+\n$/s.test(text)) break;
  }
  socket.destroy();
  return text;
}

/** The status of a CONNECT with these credentials. */
export async function connectStatus(
  port: number,
  authorization: string | undefined,
  authority: string,
): Promise<number> {
  const headers = authorization === undefined ? {} : { "proxy-authorization": authorization };
  const asked = plainRequest({ host: "127.0.0.1", port, method: "CONNECT", path: authority, headers });
  asked.end();
  return new Promise((resolve, reject) => {
    asked.once("connect", (response, socket) => {
      socket.destroy();
      resolve(response.statusCode!);
    });
    asked.once("response", (response) => resolve(response.statusCode!));
    asked.once("error", reject);
  });
}
