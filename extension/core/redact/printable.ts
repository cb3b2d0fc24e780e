/** 1 for what stands in text: printable ASCII, white space, zeros (UTF-16), backspaces and escape sequences. */
export const IS_TEXT: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => (isText(byte) ? 1 : 0));

function isText(byte: number): boolean {
  return byte >= 0x20 ? byte < 0x7f : byte === 0 || (byte >= 8 && byte <= 13) || byte === 0x1b;
}
