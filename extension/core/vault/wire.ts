import type { Id } from "../store/store.ts";
import { VaultError } from "../vault-error.ts";

/** Builds a stored object: fixed-width big-endian integers, fixed pieces, and pieces with a u32 length in front. */
export class Writer {
  readonly #pieces: Uint8Array[] = [];

  u8(value: number): this {
    return this.#integer(1, (buffer) => buffer.writeUInt8(value));
  }

  u16(value: number): this {
    return this.#integer(2, (buffer) => buffer.writeUInt16BE(value));
  }

  u32(value: number): this {
    return this.#integer(4, (buffer) => buffer.writeUInt32BE(value));
  }

  /** Takes safe integers only: counters and times stay far below 2^53. */
  u64(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError("not a u64 that JavaScript can count");
    return this.#integer(8, (buffer) => buffer.writeBigUInt64BE(BigInt(value)));
  }

  id(id: Id): this {
    return this.bytes(Buffer.from(id, "hex"));
  }

  bytes(bytes: Uint8Array): this {
    this.#pieces.push(bytes);
    return this;
  }

  sized(bytes: Uint8Array): this {
    return this.u32(bytes.length).bytes(bytes);
  }

  finish(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  #integer(width: number, write: (buffer: Buffer) => void): this {
    const buffer = Buffer.alloc(width);
    write(buffer);
    return this.bytes(buffer);
  }
}

/** Reads a stored object; anything cut, too long or out of range is `vault-damaged`, named by `what`. */
export class Reader {
  readonly #bytes: Buffer;
  readonly #what: string;
  #at = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#pass(1));
  }

  u16(): number {
    return this.#bytes.readUInt16BE(this.#pass(2));
  }

  u32(): number {
    return this.#bytes.readUInt32BE(this.#pass(4));
  }

  u64(): number {
    const value = this.u32() * 2 ** 32 + this.u32();
    if (!Number.isSafeInteger(value)) throw damaged(this.#what);
    return value;
  }

  id(): Id {
    return this.bytes(16).toString("hex") as Id; // 16 bytes are always 32 hexadecimal digits
  }

  /** A view, not a copy. */
  bytes(length: number): Buffer {
    const start = this.#pass(length);
    return this.#bytes.subarray(start, start + length);
  }

  sized(): Buffer {
    return this.bytes(this.u32());
  }

  rest(): Buffer {
    return this.bytes(this.#bytes.length - this.#at);
  }

  /** All bytes up to here. */
  taken(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  /** The four letters that begin an object of this kind and version. */
  magic(expected: string): void {
    const found = this.bytes(4).toString("latin1");
    if (found === expected) return;
    if (found.slice(0, 3) === expected.slice(0, 3) && /[2-9]/.test(found[3]!)) throw unsupported(this.#what);
    throw damaged(this.#what);
  }

  /** The one suite of format ov1: AES-256-GCM, HKDF-SHA256, X-Wing, Ed25519. */
  suite(): void {
    if (this.u8() !== SUITE) throw unsupported(this.#what);
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw damaged(this.#what);
  }

  /** Goes on behind the next `length` bytes; returns where they start. */
  #pass(length: number): number {
    if (length > this.#bytes.length - this.#at) throw damaged(this.#what);
    const start = this.#at;
    this.#at += length;
    return start;
  }
}

export const SUITE = 1;

/** One error for everything that fails to parse, verify or decrypt, so that it tells an attacker nothing. */
export function damaged(what: string): VaultError {
  return new VaultError(
    "vault-damaged",
    `${what} is damaged or was changed by something other than OpaqueVault. Nothing was written. Put back a backup with "ov import", or see "ov doctor".`,
  );
}

function unsupported(what: string): VaultError {
  return new VaultError(
    "format-unsupported",
    `${what} was written by a newer OpaqueVault. Update OpaqueVault, then try again.`,
  );
}
