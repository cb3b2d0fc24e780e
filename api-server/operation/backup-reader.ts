import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { AT_ONCE, type BackupPart, damaged, decodePart, KIND, MAGIC, MOST } from "./backup-format.ts";

export interface BackupTrailer {
  /** SHA-256 of all before it; it was compared. */
  readonly hash: Buffer;
  readonly signature: Buffer;
}

/**
 * The parts of a backup, in order. Refuses with `BackupDamaged` what is none, is cut, or has one byte changed: the last
 * of these only at its end, so believe nothing of it before. `atEnd` gets the signature, which is for the caller to check.
 */
export async function* readBackup(
  file: string,
  atEnd: (trailer: BackupTrailer) => void,
  progress: (bytes: number) => void = () => {},
): AsyncGenerator<BackupPart> {
  const handle = await open(file, "r");
  try {
    const source = new Source(handle);
    const hash = createHash("sha256");
    const magic = await source.take(MAGIC.length);
    if (!magic?.equals(MAGIC)) throw damaged("It is no backup of this server, or of a newer version.");
    hash.update(magic);
    for (let isFirst = true; ; isFirst = false) {
      const head = await source.take(5);
      if (head === undefined) throw damaged("It is cut.");
      const [kind, length] = [head[0], head.readUInt32BE(1)];
      if (length > MOST) throw damaged("A part of it has a wrong length.");
      const payload = await source.take(length);
      if (payload === undefined) throw damaged("It is cut.");
      if (kind === KIND.trailer) {
        const sum = hash.digest();
        if (length !== 96 || !payload.subarray(0, 32).equals(sum)) throw damaged("Its checksum is wrong.");
        if ((await source.take(1)) !== undefined) throw damaged("Something follows its end.");
        atEnd({ hash: sum, signature: payload.subarray(32) });
        return;
      }
      hash.update(head).update(payload);
      const part = decodePart(kind, payload);
      if ((part.kind === "header") !== isFirst) throw damaged("Its parts are not in order.");
      progress(source.bytes);
      yield part;
    }
  } finally {
    await handle.close();
  }
}

/** Reads ahead in large steps. */
class Source {
  readonly #handle: FileHandle;
  #chunk = Buffer.alloc(0);
  #at = 0;
  bytes = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** So many bytes; undefined = there are not as many left. */
  async take(length: number): Promise<Buffer | undefined> {
    if (this.#at + length > this.#chunk.length) {
      const rest = this.#chunk.subarray(this.#at);
      const next = Buffer.alloc(Math.max(AT_ONCE, length - rest.length));
      let filled = 0;
      while (rest.length + filled < length) {
        const { bytesRead } = await this.#handle.read(next, filled, next.length - filled);
        if (bytesRead === 0) return undefined;
        filled += bytesRead;
      }
      this.#chunk = Buffer.concat([rest, next.subarray(0, filled)]);
      this.#at = 0;
    }
    this.#at += length;
    this.bytes += length;
    return this.#chunk.subarray(this.#at - length, this.#at);
  }
}
