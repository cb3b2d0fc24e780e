import type { IncomingMessage } from "node:http";

export interface TypedForm {
  readonly code: string;
  /** The caller's to wipe. What the parser kept of it as a string can't be. */
  readonly value: Uint8Array;
}

/** The two boxes of a form as a browser sends it; undefined for anything else. */
export async function readForm(request: IncomingMessage): Promise<TypedForm | undefined> {
  if (request.headers["content-type"] !== "application/x-www-form-urlencoded") return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_FORM) return undefined;
    }
    const body = Buffer.concat(chunks);
    const form = new URLSearchParams(body.toString("latin1"));
    body.fill(0);
    const [code, value] = [form.get("code"), form.get("value")];
    if (code === null || value === null) return undefined;
    const bytes = Buffer.from(value, "utf8");
    if (bytes.length >= 1 && bytes.length <= MAX_VALUE) return { code, value: bytes };
    bytes.fill(0);
    return undefined;
  } finally {
    for (const chunk of chunks) chunk.fill(0);
  }
}

const MAX_VALUE = 65_536;
/** Each byte of a value may take three. */
const MAX_FORM = 3 * MAX_VALUE + 1024;
