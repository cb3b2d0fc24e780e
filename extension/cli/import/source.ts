import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { VaultError } from "#core/vault-error.ts";
import { type Digest, digestOf, realFile } from "#mcp/device/env-file.ts";

/** What is to be imported. `file` is where it came from, to be deleted afterwards; stdin has none. */
export interface ImportSource {
  readonly bytes: Buffer;
  readonly file?: { readonly path: string; readonly digest: Digest };
}

export const STDIN = "-";

/** The caller wipes the bytes. */
export async function readSource(file: string): Promise<ImportSource> {
  if (file === STDIN) return { bytes: await readStdin() };
  const path = realFile(file, MAX_BYTES);
  const bytes = readFileSync(path);
  return { bytes, file: { path, digest: digestOf(bytes) } };
}

/** The first bytes of a file: which of our own formats it has. */
export function magicOf(file: string): string {
  if (file === STDIN) return "";
  try {
    const bytes = Buffer.alloc(4);
    const opened = openSync(file, "r");
    try {
      return bytes.toString("latin1", 0, readSync(opened, bytes, 0, 4, 0));
    } finally {
      closeSync(opened);
    }
  } catch (cause) {
    throw new VaultError("file-not-found", `There is no file ${JSON.stringify(file)} to read. Name another.`, {
      cause,
    });
  }
}

async function readStdin(): Promise<Buffer> {
  if (process.stdin.isTTY) {
    throw new VaultError(
      "argument-invalid",
      'Nothing is piped into ov. Write it as "doppler secrets download --no-file --format json | ov import -".',
    );
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_BYTES)
      throw new VaultError("value-invalid", `More than ${MAX_BYTES} bytes are on stdin. Import it in parts.`);
  }
  const bytes = Buffer.concat(chunks);
  for (const chunk of chunks) chunk.fill(0);
  return bytes;
}

const MAX_BYTES = 16 * 1024 * 1024;
