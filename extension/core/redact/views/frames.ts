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
  const next = nextSigns(bytes);
  let out: DecodedBuilder | undefined;
  let copied = 0;
  for (let at = 0; at + MIN_ITEMS < bytes.length; ) {
    const frame = frameAt(bytes, at, next);
    if (frame === 0) {
      at++;
      continue;
    }
    const items = itemsFrom(bytes, at, frame);
    if (!isVaried(bytes, at, frame + 1, items)) {
      // Of a sign over and over, all that is left is no more varied.
      at += (frame + 1) * (frame === 1 ? items - MIN_ITEMS + 1 : 1);
      continue;
    }
    out ??= new DecodedBuilder(bytes.length);
    out.addAll(bytes, copied, at);
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
  out.addAll(bytes, copied, bytes.length);
  return out.done();
}

/** For each byte that is no letter or digit, how far on the same one stands again; 0 = too far for a frame. */
function nextSigns(bytes: Uint8Array): Uint8Array {
  const next = new Uint8Array(bytes.length);
  const last = new Int32Array(256).fill(bytes.length + MAX_FRAME + 2);
  for (let i = bytes.length - 1; i >= 0; i--) {
    const byte = bytes[i]!;
    if (CODE[byte] !== 0) continue;
    const distance = last[byte]! - i;
    next[i] = distance <= MAX_FRAME + 1 ? distance : 0;
    last[byte] = i;
  }
  return next;
}

/** How many bytes stand between the character at `at`, the next one and so on; 0 = not always the same. */
function frameAt(bytes: Uint8Array, at: number, next: Uint8Array): number {
  const first = bytes[at + 1]!;
  if (CODE[first] !== 0) return 0;
  let place = at + 1;
  while (next[place] !== 0) {
    place += next[place]!;
    const step = place - at - 1;
    if (step > MAX_FRAME + 1) return 0;
    if (step < 2 || bytes[place + step] !== first || bytes[place + (MIN_ITEMS - 3) * step] !== first) continue;
    if (itemsFrom(bytes, at, step - 1) >= MIN_ITEMS) return step - 1;
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
