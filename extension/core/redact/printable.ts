/** So many printable characters in a row are no chance. */
export const MIN_TEXT = 10;

/**
 * Counts the bytes of text that end at the latest one: `run` + 1, or 0. Text may hold zeros (UTF-16), escape
 * sequences, and UTF-8, whose bytes beyond ASCII must alternate as they do there.
 */
export function textRun(run: number, before: number, byte: number): number {
  if (byte < 0x80) {
    const printable = (byte >= 0x20 && byte < 0x7f) || byte === 0 || (byte >= 8 && byte <= 13) || byte === 0x1b;
    return printable && before < 0xc0 ? run + 1 : 0;
  }
  const continues = byte < 0xc0;
  if (continues) return before >= 0x80 && before < 0xf5 && run > 0 ? run + 1 : 0;
  return byte >= 0xc2 && byte < 0xf5 && before < 0xc0 ? run + 1 : 0;
}

export function saysText(bytes: Uint8Array): boolean {
  let run = 0;
  let before = 0;
  for (const byte of bytes) {
    run = textRun(run, before, byte);
    if (run >= MIN_TEXT) return true;
    before = byte;
  }
  return false;
}
