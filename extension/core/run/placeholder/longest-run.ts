import { codesOf } from "../../redact/fold.ts";

/** How many letters and digits of a value `reading` (as of `readingsOf`) has in a row. */
export function longestRun(reading: string, value: Uint8Array): number {
  const codes = codesOf(value);
  let longest = 0;
  let above = new Uint16Array(codes.length + 1);
  for (let i = 0; i < reading.length; i++) {
    const row = new Uint16Array(codes.length + 1);
    const code = reading.charCodeAt(i);
    for (let k = 0; k < codes.length; k++) {
      if (codes[k] !== code) continue;
      row[k + 1] = above[k]! + 1;
      if (row[k + 1]! > longest) longest = row[k + 1]!;
    }
    above = row;
  }
  return longest;
}
