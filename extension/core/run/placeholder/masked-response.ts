import type { IncomingMessage, ServerResponse } from "node:http";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as zlib from "node:zlib";
import type { AnswerWatch } from "./answer-watch.ts";
import { guarded } from "./guarded.ts";
import { endToEnd } from "./hop-by-hop.ts";
import { maskJoined } from "./joined-texts.ts";
import { maskingPieces } from "./json-pieces.ts";
import { bodyKind } from "./put-in-body.ts";
import type { RawHeader } from "./put-in-head.ts";

/** A response in an encoding that can't be looked into. */
export class UnknownEncoding extends Error {}

/** Too much of it looked like parts of a value. */
export class TooManyParts extends Error {}

/**
 * Passes a response on with everything masked that must not be seen: in the status line, in every header (a redirect
 * may carry a value in its `Location`) and all of them together, and in the body, which is unpacked for that and
 * streamed.
 */
export async function passOnMasked(
  from: IncomingMessage,
  to: ServerResponse,
  method: string,
  watch: AnswerWatch,
): Promise<void> {
  const status = from.statusCode!;
  const hasBody = method !== "HEAD" && status !== 204 && status !== 304;
  const decoders = hasBody ? decodersFor(from.headers["content-encoding"]) : [];
  const { message, headers } = maskedHead(from, watch);
  if (watch.isOver) throw new TooManyParts();
  to.writeHead(status, message, headers.flat());
  if (!hasBody) {
    from.resume();
    to.end();
    return;
  }
  // The headers at once, since an event stream may be silent for long. (flushHeaders would write them as UTF-8.)
  to.write(new Uint8Array(0));
  const pieces = bodyKind(from.headers["content-type"]) === "json" ? [maskingPieces(watch)] : [];
  await pipeline([from, ...decoders, masking(watch), ...pieces, until(watch), to]);
}

/** One by one, and then by what they show together. */
function maskedHead(from: IncomingMessage, watch: AnswerWatch): { message: string; headers: readonly RawHeader[] } {
  const mask = (text: string): string => maskedText(watch, text);
  const kept = endToEnd(from.rawHeaders)
    .filter(([name]) => !DROPPED.has(name.toLowerCase()) && mask(name) === name)
    .map(([name, value]): RawHeader => [name, mask(value)]);
  const [message, ...values] = maskJoined(watch, [mask(from.statusMessage ?? ""), ...kept.map(([, value]) => value)]);
  const names = kept.map(([name]) => name);
  const shown = maskJoined(watch, names);
  const headers = names.map((name, at): RawHeader => [name, values[at]!]).filter(([name], at) => shown[at] === name);
  return { message: message!, headers };
}

function masking(watch: AnswerWatch): Transform {
  const redactor = watch.redactor();
  return new Transform({
    transform: guarded((chunk: Uint8Array) => redactor.push(chunk)),
    flush: (done) => guarded(() => redactor.end())(undefined, undefined, done),
  });
}

/** Ends an answer with the part that was one too many, which isn't passed on either. */
function until(watch: AnswerWatch): Transform {
  return new Transform({
    transform: (chunk: Uint8Array, _encoding, done) => (watch.isOver ? done(new TooManyParts()) : done(null, chunk)),
    flush: (done) => done(watch.isOver ? new TooManyParts() : null),
  });
}

/** Encodings are listed in the order in which they were applied (RFC 9110 §8.4). */
function decodersFor(list: string | undefined): Transform[] {
  const names = (list ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim());
  const encodings = names.filter((name) => name !== "" && name !== "identity").reverse();
  if (encodings.length > MAX_ENCODINGS) throw new UnknownEncoding();
  return encodings.map((name) => {
    const create = DECODERS[name];
    if (create === undefined) throw new UnknownEncoding();
    return create();
  });
}

const MAX_ENCODINGS = 3;

const DECODERS: Readonly<Record<string, (() => Transform) | undefined>> = {
  gzip: () => zlib.createGunzip(),
  "x-gzip": () => zlib.createGunzip(),
  deflate: () => zlib.createInflate(),
  br: () => zlib.createBrotliDecompress(),
  // Not in every Node that this runs on.
  ...("createZstdDecompress" in zlib ? { zstd: () => zlib.createZstdDecompress() } : {}),
};

/** No longer true of what is passed on, or an invitation to go around the proxy. */
const DROPPED = new Set(["content-length", "content-encoding", "alt-svc", "accept-ranges", "content-range"]);

/** Node's header text is Latin-1, one character for each byte, whatever the bytes mean. */
function maskedText(watch: AnswerWatch, text: string): string {
  const redactor = watch.redactor();
  const head = redactor.push(Buffer.from(text, "latin1"));
  return Buffer.concat([head, redactor.end()]).toString("latin1");
}
