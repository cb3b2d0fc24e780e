import type { ClientRequest, IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import { VaultError } from "#core/vault-error.ts";

// Not by `import`: that reads all of http's exports, and so loads a WebSocket client for 20 ms of every `ov run`.
const { request } = createRequire(import.meta.url)("node:http") as typeof import("node:http"); // it is that module

/** Where another process of this user listens: a unix socket or Windows pipe, or a port on 127.0.0.1. */
export type AgentAddress = { readonly socketPath: string } | { readonly port: number };

/** An unlocked agent or window, and the key that its socket asks for. */
export interface Agent {
  readonly address: AgentAddress;
  readonly nonce: string;
}

export interface AgentAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface PostOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Aborting ends the request, which the agent sees. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Posts JSON to an agent. undefined = nobody listens there, and nothing was sent. Refuses with `agent-unreachable` when
 * the agent goes away in between, or gives no JSON; with `cancelled` when `signal` aborts.
 */
export async function postToAgent(
  agent: Agent,
  path: string,
  body: unknown,
  options: PostOptions = {},
): Promise<AgentAnswer | undefined> {
  const sent = await send(agent, path, body, options);
  if (sent === undefined) return undefined;
  const text = await read(sent.response, options.signal, () => false);
  return { status: sent.response.statusCode ?? 0, body: parse(text) };
}

/** An answer of one line whose connection stays open, as long as neither process ends. */
export interface HeldAnswer extends AgentAnswer {
  /** Ends the connection. */
  release(): void;
}

/** As `postToAgent`, for an answer that the agent keeps open. It does not keep this process alive. */
export async function holdPost(
  agent: Agent,
  path: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<HeldAnswer | undefined> {
  const sent = await send(agent, path, body, { signal });
  if (sent === undefined) return undefined;
  const { response } = sent;
  try {
    const text = await read(response, signal, (chunk) => chunk.includes(0x0a));
    // From here on only `release` or the end of a process closes it.
    sent.ignoreSignal();
    response.on("error", () => {});
    response.socket.unref();
    return { status: response.statusCode ?? 0, body: parse(text), release: () => response.destroy() };
  } catch (error) {
    response.destroy();
    throw error;
  }
}

interface Sent {
  readonly response: IncomingMessage;
  ignoreSignal(): void;
}

function send(agent: Agent, path: string, body: unknown, options: PostOptions): Promise<Sent | undefined> {
  const bytes = Buffer.from(JSON.stringify(body), "utf8");
  return new Promise((resolve, reject) => {
    if (options.signal?.aborted) return reject(cancelled());
    const outgoing: ClientRequest = request({
      ...("port" in agent.address ? { host: "127.0.0.1", port: agent.address.port } : agent.address),
      method: "POST",
      path,
      agent: false,
      ...NO_SERVER_NAME,
      headers: {
        ...options.headers,
        host: "localhost",
        authorization: `Bearer ${agent.nonce}`,
        "content-type": "application/json",
        "content-length": bytes.length,
      },
    });
    const abort = () => outgoing.destroy(cancelled());
    options.signal?.addEventListener("abort", abort, { once: true });
    const ignoreSignal = () => options.signal?.removeEventListener("abort", abort);
    outgoing.on("close", ignoreSignal);
    outgoing.on("error", (cause) => {
      if (options.signal?.aborted) reject(cancelled());
      else if ("code" in cause && NOBODY.has(cause.code)) resolve(undefined);
      else reject(gone());
    });
    outgoing.on("response", (response) => resolve({ response, ignoreSignal }));
    // It may hold a password or a value.
    outgoing.end(bytes, () => bytes.fill(0));
  });
}

/** The body, to its end or to the first chunk that `isLast`. */
function read(
  response: IncomingMessage,
  signal: AbortSignal | undefined,
  isLast: (chunk: Buffer) => boolean,
): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    const take = (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > MAX_ANSWER) response.destroy();
      else if (isLast(chunk)) finish();
    };
    const finish = () => {
      response.off("data", take).off("end", finish).off("error", fail).off("close", fail);
      const all = Buffer.concat(chunks);
      resolve(all.toString("utf8"));
      for (const buffer of [all, ...chunks]) buffer.fill(0);
    };
    const fail = () => reject(signal?.aborted ? cancelled() : gone());
    response.on("data", take).on("end", finish).on("error", fail).on("close", fail);
  });
}

/** Without the cause: an error of JSON quotes what it could not read. */
function parse(text: string): unknown {
  try {
    return text.trim() === "" ? undefined : JSON.parse(text);
  } catch {
    throw gone();
  }
}

const MAX_ANSWER = 64 * 1024 * 1024;

/** Of TLS, which is not spoken here. Unless it is given, http makes one out of the host, by patterns that take 3 ms. */
const NO_SERVER_NAME = { servername: "" };

/** Connecting failed: the socket is missing, or its process has ended. */
const NOBODY: ReadonlySet<unknown> = new Set(["ENOENT", "ECONNREFUSED", "ENOTSOCK", "EACCES"]);

function cancelled(): VaultError {
  return new VaultError("cancelled", "The call was cancelled. Call again if it is still wanted.");
}

function gone(): VaultError {
  return new VaultError(
    "agent-unreachable",
    'The process that holds the vault ended before it answered; what was asked may have been done. Check, then have a person run "ov unlock".',
  );
}
