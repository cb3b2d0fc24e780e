import type { Matcher } from "../../../extension/core/redact/matcher.ts";
import { redactedSpans } from "./redacted.ts";

/**
 * How many bytes' worth of a value's information is left in its encoding after redaction: of what the value decides in
 * the encoding, the share that no redaction covers, times the value's length. `encode` puts the value between its
 * neighbours.
 */
export function surviving(matcher: Matcher, value: string, encode: (value: string) => Buffer): number {
  const raw = encode(value);
  const others = SHIFTS.map((shift) => encode(shifted(value, shift)));
  const decided = decidedBy(raw, others.find((other) => other.length === raw.length) ?? others[0]!);
  let total = 0;
  for (const byte of decided) total += byte;
  if (total === 0) return 0;
  for (const { start, end } of redactedSpans(matcher, raw)) decided.fill(0, start, end);
  let left = 0;
  for (const byte of decided) left += byte;
  return (left / total) * value.length;
}

/** Another value that is as long in most encodings: each character has as many digits in each base. */
function shifted(value: string, shift: number): string {
  return value.replace(/[A-Za-z0-9]/g, (char) => {
    const kind = KINDS.find((letters) => letters.includes(char))!;
    return kind[(kind.indexOf(char) + (kind.length > 3 ? shift : 1)) % kind.length]!;
  });
}

/** Compressed or escaped again, not every value is as long. */
const SHIFTS = [3, 4, 5, 6, 7, 8, 9] as const;

const KINDS = ["ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abc", "defghijklmnopqrstuvwxyz", "0123456789"];

/** 1 where the value decides: the bytes that differ for another value, or all between the common ends if one is longer. */
function decidedBy(raw: Buffer, other: Buffer): Uint8Array {
  const decided = new Uint8Array(raw.length);
  if (raw.length === other.length) return decided.map((_, i) => (raw[i] === other[i] ? 0 : 1));
  const shorter = Math.min(raw.length, other.length);
  let head = 0;
  while (head < shorter && raw[head] === other[head]) head++;
  let tail = 0;
  while (tail < shorter - head && raw[raw.length - 1 - tail] === other[other.length - 1 - tail]) tail++;
  return decided.fill(1, head, raw.length - tail);
}
