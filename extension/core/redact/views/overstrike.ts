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

/** The characters that came last where each was typed over another one: "x\bs", "s\bs". undefined = hardly any. */
export function lastTyped(bytes: Uint8Array): Decoded | undefined {
  if (!bytes.includes(BACKSPACE)) return undefined;
  const out = new DecodedBuilder(bytes.length);
  for (let i = 0; i < bytes.length; ) {
    const typed = bytes[i + 1] === BACKSPACE && i + 2 < bytes.length;
    const at = typed ? i + 2 : i;
    out.add(bytes[at]!, i, at + 1);
    i = at + 1;
  }
  return out.length === bytes.length ? undefined : out.done();
}
