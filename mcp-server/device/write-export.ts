import { createWriteStream, readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isDeepStrictEqual } from "node:util";
import { equal } from "#core/crypto/hash.ts";
import { wipe } from "#core/crypto/wipe.ts";
import type { ExportedEnvironment } from "#core/export/exported-secret.ts";
import { wipeExported } from "#core/export/read-for-export.ts";
import { openExport, sealExport } from "#core/export/sealed-export.ts";
import type { Store } from "#core/store/store.ts";
import { exportBackup } from "#core/vault/backup.ts";
import { VaultError } from "#core/vault-error.ts";
import { dropHalf, isTaken, notWritten, requireNewFile, writeNewFile } from "./new-file.ts";

/** The vault as it lies in a store, as encrypted as it is there, to a new file; resolves with its size in bytes. */
export async function writeBackup(store: Store, file: string, signal?: AbortSignal): Promise<number> {
  requireNewFile(file);
  const output = createWriteStream(file, { flags: "wx", mode: 0o600, flush: true });
  try {
    await pipeline(Readable.from(exportBackup(store)), output, { ...(signal === undefined ? {} : { signal }) });
    return output.bytesWritten;
  } catch (error) {
    if (!isTaken(error)) dropHalf(file);
    signal?.throwIfAborted();
    throw notWritten(error, file);
  }
}

/** Environments under a passphrase, to a new file, which is opened again and compared before it counts as written. */
export async function writeSealedExport(
  file: string,
  environments: readonly ExportedEnvironment[],
  passphrase: Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  const sealed = await sealExport(environments, passphrase);
  signal?.throwIfAborted();
  writeNewFile(file, sealed);
  const found = await openExport(readFileSync(file), passphrase);
  const isSame = isDeepStrictEqual(plainly(found), plainly(environments));
  wipeExported(found);
  if (!isSame) throw notAsWritten(file);
}

/** Values in the clear, to a new file that only this user can read, which is read again and compared. */
export function writePlainExport(file: string, bytes: Uint8Array): void {
  writeNewFile(file, bytes);
  const stored = readFileSync(file);
  const isSame = equal(stored, bytes);
  wipe(stored);
  if (!isSame) throw notAsWritten(file);
}

function notAsWritten(file: string): VaultError {
  return new VaultError("store-failed", `${file} doesn't hold what was written. Delete it, and try another disk.`);
}

/** Equal bytes, whatever kind of buffer they lie in. */
function plainly(environments: readonly ExportedEnvironment[]): unknown {
  return environments.map(({ context, secrets }) => ({
    context,
    secrets: secrets.map(({ value, ...details }) => ({
      ...details,
      value: Buffer.from(value.buffer, value.byteOffset, value.length),
    })),
  }));
}
