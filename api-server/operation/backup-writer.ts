import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { AT_ONCE, type BackupPart, encodePart, KIND, MAGIC, MOST, signedText } from "./backup-format.ts";

/** Writes frames, and at last the checksum and the server's word for it. */
export class BackupWriter {
  readonly #handle: FileHandle;
  readonly #hash = createHash("sha256");
  #waiting: Buffer[] = [];
  #size = 0;
  /** All that was written so far. */
  bytes = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
    this.#add(MAGIC);
  }

  async part(part: BackupPart): Promise<void> {
    const { kind, payload } = encodePart(part);
    if (payload.length > MOST) throw new RangeError("A row is larger than any that this version writes.");
    this.#add(frameHead(kind, payload.length));
    this.#add(payload);
    if (this.#size >= AT_ONCE) await this.#flush();
  }

  async finish(sign: (message: Uint8Array) => Uint8Array): Promise<void> {
    const hash = this.#hash.digest();
    const trailer = Buffer.concat([hash, sign(signedText(hash))]);
    this.#push(Buffer.concat([frameHead(KIND.trailer, trailer.length), trailer]));
    await this.#flush();
  }

  #add(bytes: Buffer): void {
    this.#hash.update(bytes);
    this.#push(bytes);
  }

  #push(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.#size += bytes.length;
    this.bytes += bytes.length;
  }

  async #flush(): Promise<void> {
    const all = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#size = 0;
    await this.#handle.writeFile(all);
  }
}

function frameHead(kind: number, length: number): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(kind, 0);
  head.writeUInt32BE(length, 1);
  return head;
}
