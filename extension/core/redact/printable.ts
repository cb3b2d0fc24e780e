/** 1 for what stands in text: printable ASCII, white space, zeros (UTF-16), backspaces and escape sequences. */
export const IS_TEXT: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => (isText(byte) ? 1 : 0));

function isText(byte: number): boolean {
  return byte >= 0x20 ? byte < 0x7f : byte === 0 || (byte >= 8 && byte <= 13) || byte === 0x1b;
}

/**
 * Counts a run of text, times four: what it was, and the `byte` after it. The run ends where a byte is neither printable
 * nor of a character that shows a letter of ours in another shape; the low two bits tell how many bytes of the character
 * are still to come.
 */
export function textRun(state: number, byte: number): number {
  if (byte < 0x80) {
    if (IS_TEXT[byte] === 0) return 0;
    return (state & 3) === 0 ? state + 4 : 4;
  }
  if (byte < 0xc0) return (state & 3) === 0 ? 0 : state + 3;
  const length = SHAPED[byte]!;
  return length === 0 ? 0 : (state & 3) === 0 ? state + 4 + length : 4 + length;
}

/** How many bytes follow the first one of full-width, mathematical, circled, tag and zero-width characters. */
const SHAPED = new Uint8Array(256);
for (const lead of [0xc2, 0xc3]) SHAPED[lead] = 1;
for (const lead of [0xe1, 0xe2, 0xef]) SHAPED[lead] = 2;
for (const lead of [0xf0, 0xf3]) SHAPED[lead] = 3;

/** 1 for the bytes that a run of text may have: `textRun` is 0 for the others, whatever came before. */
export const MAY_BE_TEXT: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  textRun(4, byte) > 0 || textRun(4 | 3, byte) > 0 ? 1 : 0,
);
