import { CODE } from "../fold.ts";
import { type Decoded, DecodedBuilder } from "../view.ts";

/** Fewer characters in a row are no encoding of a value. */
const MIN_ITEMS = 12;
/** What stands between two characters may be so long: `"}, {"c":"`. */
const MAX_FRAME = 24;
const MIN_KINDS = 3;

/**
 * Characters that the same bytes stand between, without these: "s k _", "s-k-_", `["s","k","_"]`, UTF-16. What is not
 * framed stays. undefined = there is nothing of the kind.
 */
export function withoutFrames(bytes: Uint8Array): Decoded | undefined {
  let out: DecodedBuilder | undefined;
  let copied = 0;
  for (let at = 0; at + MIN_ITEMS < bytes.length; ) {
    const frame = frameAt(bytes, at);
    if (frame === 0) {
      at++;
      continue;
    }
    const items = itemsFrom(bytes, at, frame);
    if (!isVaried(bytes, at, frame + 1, items)) {
      at += frame + 1;
      continue;
    }
    out ??= new DecodedBuilder(bytes.length);
    for (let i = copied; i < at; i++) out.add(bytes[i]!, i, i + 1);
    if (at > 0) out.add(0x0a, at - 1, at);
    for (let n = 0; n < items; n++) {
      const place = at + n * (frame + 1);
      out.add(bytes[place]!, place, place + 1);
    }
    copied = at + (items - 1) * (frame + 1) + 1;
    at = copied;
  }
  if (out === undefined) return undefined;
  if (copied < bytes.length) out.add(0x0a, copied, copied + 1);
  for (let i = copied; i < bytes.length; i++) out.add(bytes[i]!, i, i + 1);
  return out.done();
}

/** How many bytes stand between the character at `at`, the next one and so on; 0 = not always the same. */
function frameAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at + 1]!;
  if (CODE[first] !== 0) return 0;
  for (let frame = 1; frame <= MAX_FRAME; frame++) {
    const step = frame + 1;
    if (bytes[at + 1 + step] !== first || bytes[at + 1 + 2 * step] !== first) continue;
    if (itemsFrom(bytes, at, frame) >= MIN_ITEMS) return frame;
  }
  return 0;
}

function itemsFrom(bytes: Uint8Array, at: number, frame: number): number {
  const step = frame + 1;
  let items = 1;
  for (let i = at + step; i < bytes.length; i += step, items++) {
    for (let k = 1; k <= frame; k++) if (bytes[i - k] !== bytes[at + step - k]) return items;
  }
  return items;
}

/** A line of dashes is framed by dashes. */
function isVaried(bytes: Uint8Array, at: number, step: number, items: number): boolean {
  const kinds = new Set<number>();
  for (let n = 0; n < items && kinds.size < MIN_KINDS; n++) kinds.add(bytes[at + n * step]!);
  return kinds.size >= MIN_KINDS;
}
