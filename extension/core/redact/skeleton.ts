import { escapeEnd } from "./ansi.ts";
import { CODE } from "./fold.ts";

/** The letters and digits of a view, and where they stand. */
export interface Skeleton {
  readonly codes: Uint8Array;
  readonly at: Int32Array;
  readonly length: number;
}

/** Into `codes` and `at` where they are given, which have room for all of `bytes`. */
export function skeletonOf(
  bytes: Uint8Array,
  codes = new Uint8Array(bytes.length),
  at = new Int32Array(bytes.length),
): Skeleton {
  let length = 0;
  for (let i = 0; i < bytes.length; ) {
    const byte = bytes[i]!;
    if (byte === 0x1b) {
      i = escapeEnd(bytes, i, bytes.length) ?? bytes.length;
      continue;
    }
    codes[length] = CODE[byte]!;
    at[length] = i;
    length += codes[length] === 0 ? 0 : 1;
    i++;
  }
  return { codes, at, length };
}
