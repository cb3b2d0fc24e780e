import type { IncomingMessage, ServerResponse } from "node:http";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as zlib from "node:zlib";
import type { Matcher } from "../../redact/matcher.ts";
import { endToEnd } from "./hop-by-hop.ts";
import type { RawHeader } from "./put-in-head.ts";

/** A response in an encoding that can't be looked into. */
export class UnknownEncoding extends Error {}

/**
 * Passes a response on with everything masked that the matcher knows: in the status line, in every header (a redirect
 * may carry a value in its `Location`) and in the body, which is unpacked for that and streamed.
 */
export async function passOnMasked(
  from: IncomingMessage,
  to: ServerResponse,
  method: string,
  matcher: Matcher,
): Promise<void> {
  const status = from.statusCode!;
  const hasBody = method !== "HEAD" && status !== 204 && status !== 304;
  const decoders = hasBody ? decodersFor(from.headers["content-encoding"]) : [];
  const mask = (text: string): string => maskedText(matcher, text);
  const headers = endToEnd(from.rawHeaders)
    .filter(([name]) => !DROPPED.has(name.toLowerCase()) && mask(name) === name)
    .map(([name, value]): RawHeader => [name, mask(value)]);
  to.writeHead(status, mask(from.statusMessage ?? ""), headers.flat());
  if (!hasBody) {
    from.resume();
    to.end();
    return;
  }
  // The headers at once, since an event stream may be silent for long. (flushHeaders would write them as UTF-8.)
  to.write(new Uint8Array(0));
  await pipeline([from, ...decoders, masking(matcher), to]);
}

/** What can't be masked is not passed on. */
function masking(matcher: Matcher): Transform {
  const redactor = matcher.redactor();
  const failure = (): Error => new Error("A response could not be masked.");
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      try {
        done(null, redactor.push(chunk));
      } catch {
        done(failure());
      }
    },
    flush(done) {
      try {
        done(null, redactor.end());
      } catch {
        done(failure());
      }
    },
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
function maskedText(matcher: Matcher, text: string): string {
  const redactor = matcher.redactor();
  const head = redactor.push(Buffer.from(text, "latin1"));
  return Buffer.concat([head, redactor.end()]).toString("latin1");
}
