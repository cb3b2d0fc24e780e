import { CODE } from "./fold.ts";

/**
 * Runs such as 000000000000, abcdefghijkl or 121212121212 stand in tables, alphabets and padding everywhere. A value
 * that holds one is no reason to hide them all.
 */
export function isDull(codes: Uint8Array, start: number, end: number): boolean {
  const steps = end - start - 1;
  if (steps < 2) return true;
  let same = 0;
  let up = 0;
  let down = 0;
  let twos = 0;
  let fours = 0;
  for (let i = start + 1; i < end; i++) {
    const step = codes[i]! - codes[i - 1]!;
    if (step === 0) same++;
    else if (step === 1) up++;
    else if (step === -1) down++;
    if (i >= start + 2 && codes[i] === codes[i - 2]) twos++;
    if (i >= start + 4 && codes[i] === codes[i - 4]) fours++;
  }
  const limit = steps * 0.64;
  return same >= limit || up >= limit || down >= limit || twos >= steps - 1 || (steps > 5 && fours >= steps - 3);
}

/** Changes between lower case, upper case and digits often enough to be no word, no number and no identifier. */
export function looksRandom(bytes: Uint8Array): boolean {
  let changes = 0;
  let digits = 0;
  let letters = 0;
  let last = 0;
  for (const byte of bytes) {
    const code = CODE[byte]!;
    if (code === 0) continue;
    const kind = code > 26 ? 1 : byte >= 0x61 ? 2 : 3;
    if (kind === 1) digits++;
    else letters++;
    if (last !== 0 && kind !== last) changes++;
    last = kind;
  }
  return changes >= 3 || (changes >= 2 && digits >= 2 && letters >= 2);
}
