import { escapeEnd } from "../ansi.ts";
import { type Decoded, DecodedBuilder } from "../view.ts";

const ESC = 0x1b;
const CSI = 0x5b;

/** The text without colours and cursor movements. undefined = it has none. */
export function withoutSequences(bytes: Uint8Array): Decoded | undefined {
  if (!bytes.includes(ESC)) return undefined;
  const out = new DecodedBuilder(bytes.length);
  for (let i = 0; i < bytes.length; ) {
    const end = bytes[i] === ESC && bytes[i + 1] === CSI ? escapeEnd(bytes, i, bytes.length) : undefined;
    if (end !== undefined) i = end;
    else {
      out.add(bytes[i]!, i, i + 1);
      i++;
    }
  }
  return out.length === bytes.length ? undefined : out.done();
}
