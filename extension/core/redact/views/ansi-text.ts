import { escapeEnd } from "../ansi.ts";
import { type Decoded, without } from "../view.ts";

const ESC = 0x1b;
const CSI = 0x5b;

/** The text without colours and cursor movements. undefined = it has none. */
export function withoutSequences(bytes: Uint8Array): Decoded | undefined {
  return without(bytes, ESC, sequenceEnd);
}

function sequenceEnd(bytes: Uint8Array, at: number): number {
  return bytes[at + 1] === CSI ? (escapeEnd(bytes, at, bytes.length) ?? at) : at;
}
