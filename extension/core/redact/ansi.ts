const ESC = 0x1b;

/**
 * The end of the escape sequence that starts at `at`, so that a colour in the middle of a value doesn't hide it.
 * Text inside an OSC (a window title, a link) is not part of the sequence: it is shown, so it is searched.
 * undefined = the bytes end before the sequence does.
 */
export function escapeEnd(bytes: Uint8Array, at: number, end: number): number | undefined {
  if (at + 1 >= end) return undefined;
  const kind = bytes[at + 1]!;
  if (kind === 0x5b) return csiEnd(bytes, at + 2, end);
  if (kind === 0x5d) return oscTextStart(bytes, at + 2, end);
  if (kind === 0x50 || kind === 0x58 || kind === 0x5e || kind === 0x5f) return at + 2;
  let i = at + 1;
  while (i < end && bytes[i]! >= 0x20 && bytes[i]! <= 0x2f && i - at < 4) i++;
  if (i >= end) return undefined;
  return bytes[i]! >= 0x30 && bytes[i]! <= 0x7e ? i + 1 : at + 1;
}

/** After the number that tells what the text is for. */
function oscTextStart(bytes: Uint8Array, start: number, end: number): number | undefined {
  let i = start;
  while (i < end && i - start < 4 && bytes[i]! >= 0x30 && bytes[i]! <= 0x39) i++;
  if (i >= end) return undefined;
  return bytes[i] === 0x3b ? i + 1 : start;
}

/** No terminal takes a longer one; more is text that happens to follow ESC [. */
const LONGEST = 48;

function csiEnd(bytes: Uint8Array, start: number, end: number): number | undefined {
  const limit = Math.min(end, start + LONGEST);
  for (let i = start; i < limit; i++) {
    const byte = bytes[i]!;
    if (byte >= 0x40 && byte <= 0x7e) return i + 1;
    if (byte < 0x20 || byte > 0x3f) return i;
  }
  return limit - start >= LONGEST ? start : undefined;
}

export function isEscape(byte: number): boolean {
  return byte === ESC;
}
