import { IS_BASE85, MIN_BASE85, saysBase85 } from "./views/base85.ts";

/** More than the longest stretch that `saysBase85` needs, so that a run across two blocks is judged whole. */
const OVERLAP = 64;

/** Adds a place in each run of ascii85 between `from` and `to` that says something printable. */
export function base85Places(bytes: Uint8Array, from: number, to: number, places: number[]): void {
  const first = Math.max(0, from - OVERLAP);
  // A run that is long enough holds one of any places that are so far apart.
  for (let i = first + MIN_BASE85 - 1; i < to; i += MIN_BASE85) {
    if (IS_BASE85[bytes[i]!] === 0) continue;
    let start = i;
    while (start > first && IS_BASE85[bytes[start - 1]!] === 1) start--;
    while (i + 1 < to && IS_BASE85[bytes[i + 1]!] === 1) i++;
    if (i + 1 - start >= MIN_BASE85 && saysBase85(bytes, start, i + 1)) places.push(i);
  }
}
