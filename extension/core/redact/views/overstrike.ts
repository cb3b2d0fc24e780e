import { type Decoded, DecodedBuilder } from "../view.ts";

const BACKSPACE = 0x08;

/** What a terminal shows of text with backspaces: each takes the character before it back. */
export function applyBackspaces(bytes: Uint8Array): Decoded | undefined {
  if (!bytes.includes(BACKSPACE)) return undefined;
  const out = new DecodedBuilder(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === BACKSPACE) out.drop();
    else out.add(bytes[i]!, i, i + 1);
  }
  return out.done();
}
