/** Overwrites keys and values after use. It reaches these bytes only: no copies, no strings, no swap, no core dump. */
export function wipe(...buffers: readonly (Uint8Array | undefined)[]): void {
  for (const buffer of buffers) buffer?.fill(0);
}

/** A copy in a Buffer of its own, outside of Buffer's shared pool, so that it can be wiped and nothing else is. */
export function unpooled(bytes: Uint8Array): Buffer<ArrayBuffer> {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}
