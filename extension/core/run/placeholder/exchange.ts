import type { IncomingMessage, ServerResponse } from "node:http";
import { request as secureRequest } from "node:https";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isAllowed } from "./allowed-host.ts";
import type { AnswerWatch } from "./answer-watch.ts";
import { problemOf, type Target } from "./check-request.ts";
import { guarded } from "./guarded.ts";
import { ForbiddenAddress } from "./guarded-lookup.ts";
import { type HeldSecret, PlaceholderUse } from "./held-secret.ts";
import { endToEnd } from "./hop-by-hop.ts";
import { passOnMasked, TooManyParts, UnknownEncoding } from "./masked-response.ts";
import { bodyKind, putIntoBody } from "./put-in-body.ts";
import { putIntoHeaders, putIntoQuery, type RawHeader, UnfitForHeader } from "./put-in-head.ts";
import type { SentStream } from "./sent-texts.ts";
import type { Upstream } from "./upstream.ts";

export interface ExchangeDeps {
  readonly secrets: readonly HeldSecret[];
  /** Knows the values of the whole run, and what its programs sent. */
  readonly watch: AnswerWatch;
  readonly upstream: Upstream;
  readonly use: PlaceholderUse;
}

/**
 * One request of the child and its response. Values are put in on the way out, only those that may go to this host
 * and only where they may stand; everything that comes back is masked, whether or not a value went out with this
 * request. Every failure is answered here, without a value in the answer.
 */
export async function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  target: Target,
  deps: ExchangeDeps,
): Promise<void> {
  const refuse = (status: number, why: string): void => {
    deps.use.remark(`a request to ${target.host} was refused: ${why.replace(/\.$/, "")}`);
    answer(response, status, why);
  };
  if (deps.watch.isOver) return answer(response, 403, OVER);
  const problem = problemOf(request, target);
  if (problem !== undefined) return refuse(problem.status, problem.text);
  try {
    const reply = await send(request, response, target, deps);
    await passOnMasked(reply, response, request.method!, deps.watch);
  } catch (error) {
    // Halfway through, an error page would look like the rest of the response.
    if (response.headersSent) response.destroy();
    else if (error instanceof TooManyParts) answer(response, 403, OVER);
    else refuse(error instanceof TooLarge ? 413 : 502, reasonOf(error, target));
  }
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  target: Target,
  { secrets, upstream, use, watch }: ExchangeDeps,
): Promise<IncomingMessage> {
  const sent = watch.sent.stream();
  response.once("close", () => sent.end());
  sent.push(Buffer.from([request.url!, ...request.rawHeaders, ""].join("\n"), "latin1"));
  const here = secrets.filter((secret) => isAllowed(secret.hosts, target.host, target.port, 443));
  const noted = new PlaceholderUse();
  const body = await readyBody(request, sent, here, noted);
  const headers = putIntoHeaders(forwarded(request.rawHeaders, body), here, noted);
  const path = putIntoQuery(request.url!, here, noted);
  const options = { ...upstream.optionsFor(target), method: request.method!, path, setHost: false };
  const outgoing = secureRequest({ ...options, headers: headers.flat() });
  response.once("close", () => outgoing.destroy());
  const reply = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once("response", resolve);
    outgoing.on("error", reject);
  });
  if (body !== undefined) outgoing.end(body);
  // A server may answer and close before it has read all; the answer counts.
  else pipeline(request, noting(sent), outgoing).catch(() => undefined);
  const arrived = await reply;
  use.add(noted);
  return arrived;
}

/** The body with its values, if it can hold one in a field; undefined = pass it on as it comes. */
async function readyBody(
  request: IncomingMessage,
  sent: SentStream,
  secrets: readonly HeldSecret[],
  use: PlaceholderUse,
): Promise<Uint8Array | undefined> {
  const kind = bodyKind(request.headers["content-type"]);
  const isWanted = secrets.some((secret) => secret.places.some((place) => place.kind === "body"));
  if (kind === undefined || !isWanted || request.headers["content-encoding"] !== undefined) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length; // a request without an encoding gives bytes
    if (length > MAX_BODY) throw new TooLarge();
    chunks.push(chunk as Buffer);
  }
  const body = Buffer.concat(chunks);
  sent.push(body);
  return putIntoBody(body, kind, secrets, use);
}

function noting(sent: SentStream): Transform {
  const note = (chunk: Uint8Array): Uint8Array => {
    sent.push(chunk);
    return chunk;
  };
  return new Transform({ transform: guarded(note) });
}

const MAX_BODY = 8 * 1024 * 1024;

class TooLarge extends Error {}

/** Without what would bring back a part of a response, or one that can't be looked into. */
function forwarded(rawHeaders: readonly string[], body: Uint8Array | undefined): readonly RawHeader[] {
  const headers = endToEnd(rawHeaders).filter(([name]) => !DROPPED.has(name.toLowerCase()));
  const isChunked = rawHeaders.some((name, at) => at % 2 === 0 && name.toLowerCase() === "transfer-encoding");
  if (body === undefined)
    return isChunked ? [...headers, ["Transfer-Encoding", "chunked"], IDENTITY] : [...headers, IDENTITY];
  const others = headers.filter(([name]) => name.toLowerCase() !== "content-length");
  return [...others, ["Content-Length", String(body.length)], IDENTITY];
}

const IDENTITY: RawHeader = ["Accept-Encoding", "identity"];
/** A value that is fetched in ranges of three bytes would pass any mask. */
const DROPPED = new Set(["accept-encoding", "range", "if-range", "expect"]);

export const OVER =
  "This run's answers held several parts of a value, as they do for a program that finds it out. Nothing more is sent.";

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", Connection: "close" });
  response.end(`OpaqueVault: ${text}\n`);
}

/** In words of our own: the errors of Node may quote what was sent. */
function reasonOf(error: unknown, { host, port }: Target): string {
  const where = `${host}:${port}`;
  if (error instanceof TooLarge) return "The body is too large for a value to be put into it.";
  if (error instanceof UnfitForHeader) return "A value holds characters that no header can carry. Nothing was sent.";
  if (error instanceof UnknownEncoding) return `${where} answered in an encoding that can't be masked.`;
  if (error instanceof ForbiddenAddress) return `${where} leads to this machine or its neighbours. Nothing was sent.`;
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
  return `${where} could not be reached, or its certificate is not valid (${code}).`;
}
