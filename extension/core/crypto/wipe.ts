/** Overwrites keys and values after use. It reaches these bytes only: no copies, no strings, no swap, no core dump. */
export function wipe(...buffers: readonly (Uint8Array | undefined)[]): void {
  for (const buffer of buffers) buffer?.fill(0);
}

/**
 * Zeros, to be filled with a key. Buffer.alloc and its kin won't do: they put up to 64 bytes inside V8's heap, where the
 * collector moves them, and where a copy stays behind as soon as native code asks for their address (measured).
 */
export function keyBuffer(length: number): Buffer<ArrayBuffer> {
  return Buffer.from(new ArrayBuffer(length));
}

/** A copy in a Buffer of its own, outside of Buffer's shared pool and of V8's heap, so that wiping it is enough. */
export function unpooled(bytes: Uint8Array): Buffer<ArrayBuffer> {
  const copy = keyBuffer(bytes.length);
  copy.set(bytes);
  return copy;
}
