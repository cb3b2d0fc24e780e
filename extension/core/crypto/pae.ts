/**
 * The input of every AAD, MAC, signature and key derivation of format ov1: PASETO's pre-authentication encoding of an
 * ASCII label such as "ov1/secret" and the pieces. No two lists of pieces give the same bytes. Numbers are not taken
 * as they are: their width is part of the format, see u8, u32 and u64.
 */
export function pae(label: string, ...pieces: readonly (Uint8Array | string)[]): Buffer {
  if (!/^[\x21-\x7e]+$/.test(label)) throw new RangeError("A label is printable ASCII.");
  return preAuthEncoding([label, ...pieces]);
}

/** PASETO's PAE: the count of pieces, then each with its length in front; counts are 8 bytes, little-endian. */
export function preAuthEncoding(pieces: readonly (Uint8Array | string)[]): Buffer {
  const bytes = pieces.map((piece) => (typeof piece === "string" ? utf8(piece) : piece));
  const encoded = Buffer.allocUnsafeSlow(bytes.reduce((sum, piece) => sum + 8 + piece.length, 8));
  let offset = writeCount(encoded, bytes.length, 0);
  for (const piece of bytes) {
    offset = writeCount(encoded, piece.length, offset);
    encoded.set(piece, offset);
    offset += piece.length;
  }
  return encoded;
}

export function u8(n: number): Buffer {
  return bigEndian(n, 1, 0xff);
}

export function u32(n: number): Buffer {
  return bigEndian(n, 4, 0xffff_ffff);
}

/** Takes integers up to 2^53 - 1. Above, a double would stand for several integers, and an AAD for several records. */
export function u64(n: number): Buffer {
  return bigEndian(n, 8, Number.MAX_SAFE_INTEGER);
}

function bigEndian(n: number, width: number, highest: number): Buffer {
  if (!Number.isSafeInteger(n) || n < 0 || n > highest) throw new RangeError(`Not an integer of ${width} bytes.`);
  const buffer = Buffer.alloc(width);
  let rest = n;
  for (let i = width - 1; i >= 0; i--) {
    buffer[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return buffer;
}

function writeCount(target: Buffer, count: number, offset: number): number {
  target.writeUInt32LE(count % 2 ** 32, offset);
  return target.writeUInt32LE(Math.floor(count / 2 ** 32), offset + 4);
}

/** A lone surrogate has no UTF-8: Buffer would write U+FFFD, and two texts would become one. */
function utf8(text: string): Buffer {
  if (/\p{Surrogate}/u.test(text)) throw new RangeError("Not a well-formed text.");
  return Buffer.from(text, "utf8");
}
