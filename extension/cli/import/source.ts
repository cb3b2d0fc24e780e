import { VaultError } from "#core/vault-error.ts";
import { type ImportFile, MAX_IMPORT_BYTES, readImportFile } from "#mcp/device/import-file.ts";

/** What is to be imported. `file` is where it came from, to be deleted afterwards; stdin has none. */
export interface ImportSource {
  readonly bytes: Buffer;
  readonly file?: ImportFile;
}

export const STDIN = "-";

/** The caller wipes the bytes. */
export async function readSource(name: string): Promise<ImportSource> {
  if (name === STDIN) return { bytes: await readStdin() };
  const file = readImportFile(name);
  return { bytes: file.bytes, file };
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
    if (length > MAX_IMPORT_BYTES)
      throw new VaultError("value-invalid", `More than ${MAX_IMPORT_BYTES} bytes are on stdin. Import it in parts.`);
  }
  const bytes = Buffer.concat(chunks);
  for (const chunk of chunks) chunk.fill(0);
  return bytes;
}
