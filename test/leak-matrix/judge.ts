const WINDOW = 6;

/**
 * The share of the secret-dependent bytes that a reader still sees: those of `raw` that differ in `other`, the output
 * for another value, and that stand in `shown` inside a window of six bytes. Half or more is a leak.
 */
export function leaked(raw: Uint8Array, other: Uint8Array, shown: Uint8Array): number {
  const differs = differing(raw, other);
  const haystack = Buffer.from(shown);
  const seen = new Uint8Array(raw.length);
  for (let i = 0; i + WINDOW <= raw.length; i++) {
    if (!differs.subarray(i, i + WINDOW).includes(1)) continue;
    if (haystack.includes(Buffer.from(raw.subarray(i, i + WINDOW)))) seen.fill(1, i, i + WINDOW);
  }
  let total = 0;
  let shownBytes = 0;
  for (let i = 0; i < raw.length; i++) {
    total += differs[i]!;
    shownBytes += differs[i]! & seen[i]!;
  }
  return total === 0 ? 0 : shownBytes / total;
}

/** 1 where the outputs differ: byte by byte if they are equally long, else between their common ends. */
function differing(raw: Uint8Array, other: Uint8Array): Uint8Array {
  const differs = new Uint8Array(raw.length);
  if (raw.length === other.length) {
    for (let i = 0; i < raw.length; i++) differs[i] = raw[i] === other[i] ? 0 : 1;
    return differs;
  }
  const shorter = Math.min(raw.length, other.length);
  let head = 0;
  while (head < shorter && raw[head] === other[head]) head++;
  let tail = 0;
  while (tail < shorter - head && raw[raw.length - 1 - tail] === other[other.length - 1 - tail]) tail++;
  return differs.fill(1, head, raw.length - tail);
}
