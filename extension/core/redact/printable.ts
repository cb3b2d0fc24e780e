/**
 * Follows how many bytes of text end at the latest one. Text may hold zeros (UTF-16), escape sequences, and UTF-8,
 * strictly: random bytes would pass anything less. Call with 0 first, then with what it returned.
 */
export function textState(state: number, byte: number): number {
  const run = state >> 2;
  const missing = state & 3;
  if (missing > 0) return byte >= 0x80 && byte < 0xc0 ? ((run + 1) << 2) | (missing - 1) : 0;
  if (byte < 0x80) return isText(byte) ? (run + 1) << 2 : 0;
  if (byte < 0xc2 || byte > 0xf4) return 0;
  return ((run + 1) << 2) | (byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3);
}

export function textLength(state: number): number {
  return state >> 2;
}

function isText(byte: number): boolean {
  return byte >= 0x20 ? byte < 0x7f : byte === 0 || (byte >= 8 && byte <= 13) || byte === 0x1b;
}
