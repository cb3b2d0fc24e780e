import type { IncomingMessage } from "node:http";

export type Body =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "refused"; readonly status: 400 | 413 | 415; readonly message: string };

/** Reads a JSON body of at most `max` bytes. A longer one is left unread. */
export async function readJson(request: IncomingMessage, max: number): Promise<Body> {
  // Only this type makes a browser ask before it sends from another page.
  if (!/^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "")) {
    return { kind: "refused", status: 415, message: "Content-Type must be application/json" };
  }
  const tooLong: Body = { kind: "refused", status: 413, message: `The body is longer than ${max} bytes` };
  if (Number(request.headers["content-length"] ?? 0) > max) return tooLong;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > max) return tooLong;
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  try {
    return { kind: "json", value: JSON.parse(bytes.toString("utf8")) };
  } catch {
    return { kind: "refused", status: 400, message: "The body is not JSON" };
  } finally {
    // It may hold a password or a value.
    for (const buffer of [bytes, ...chunks]) buffer.fill(0);
  }
}
