import { escapeEnd } from "./ansi.ts";
import { EVIDENCE, hasEvidence, nextWindow } from "./evidence.ts";
import { CODE } from "./fold.ts";
import type { GramIndex } from "./gram-index.ts";
import { firstWordEnd } from "./line-differences.ts";
import { IS_BASE85 } from "./views/base85.ts";
import { lastWord } from "./views/columns.ts";
import { IS_SIGN } from "./views/escapes.ts";

/** True if the last letters and digits are ones of a value in this order, or if there are too few to tell. */
export function hasTail(index: GramIndex, bytes: Uint8Array, from: number, at: number): boolean {
  const tail = new Tail();
  tail.read(bytes, Math.max(from, at - SHORT_LOOKBACK), at);
  // A window that begins inside an escape sequence takes some of its digits for text.
  if (tail.count < EVIDENCE * 4) tail.read(bytes, from, at);
  if (tail.count < EVIDENCE) return from > 0;
  if (hasEvidence(index.evidence, tail.window)) return true;
  // The beginning of an escape may stand behind them: "postgres%3".
  const end = escapeStart(bytes, Math.max(from, at - LONGEST_ESCAPE), at);
  if (end === undefined) return false;
  tail.read(bytes, Math.max(from, end - SHORT_LOOKBACK), end);
  return tail.count >= EVIDENCE && hasEvidence(index.evidence, tail.window);
}

const SHORT_LOOKBACK = 96;

/** Where the first escape sign of the last word stands, if it has one. */
function escapeStart(bytes: Uint8Array, from: number, at: number): number | undefined {
  let first: number | undefined;
  for (let i = at - 2; i >= from && bytes[i]! > 0x20; i--) if (IS_SIGN[bytes[i]!] === 1) first = i;
  return first;
}

const LONGEST_ESCAPE = 12;

/** The same for the line's first word: text that runs backwards has its prefix behind it. */
export function hasHead(index: GramIndex, bytes: Uint8Array, from: number, at: number): boolean {
  if (bytes[at - 1] !== 0x0a) return false;
  const start = Math.max(from, bytes.lastIndexOf(0x0a, at - 2) + 1);
  const head = new Tail();
  head.read(bytes, start, firstWordEnd(bytes, start, at - 1));
  return head.count >= EVIDENCE && hasEvidence(index.evidence, head.window);
}

/** A last word of many signs has too few letters and digits to tell: it may be a piece of ascii85. */
export function endsInSigns(bytes: Uint8Array, from: number, at: number): boolean {
  if (bytes[at - 1] !== 0x0a) return false;
  let start = at - 1;
  let symbols = 0;
  while (start > from && IS_BASE85[bytes[start - 1]!] === 1 && symbols < EVIDENCE)
    symbols += +(CODE[bytes[--start]!] !== 0);
  if (symbols === EVIDENCE || at - 1 - start < SHORTEST_SIGNS) return false;
  return new Set(bytes.subarray(start, at - 1)).size > SHORTEST_SIGNS / 2;
}

const SHORTEST_SIGNS = 8;
/** The same for the last short words of the lines before. */
export function hasColumn(index: GramIndex, bytes: Uint8Array, from: number, at: number): boolean {
  const codes: number[] = [];
  let end = bytes.lastIndexOf(0x0a, at - 1);
  while (end > from && codes.length < EVIDENCE) {
    const start = Math.max(from, bytes.lastIndexOf(0x0a, end - 1) + 1);
    const word = lastWord(bytes, start, end);
    if (word === undefined) return false;
    for (let i = word.end - 1; i >= word.start; i--) codes.push(CODE[bytes[i]!]!);
    end = start - 1;
  }
  return codes.length >= EVIDENCE && hasEvidence(index.evidence, codes.slice(0, EVIDENCE).reduce(nextWindow, 0));
}

/** The last letters and digits of a stretch, without its escape sequences. */
class Tail {
  window = 0;
  count = 0;

  read(bytes: Uint8Array, from: number, at: number): void {
    this.count = 0;
    for (let i = from; i < at; ) {
      const byte = bytes[i]!;
      if (byte === 0x1b) {
        i = escapeEnd(bytes, i, at) ?? at;
        continue;
      }
      const code = CODE[byte]!;
      if (code !== 0) {
        this.window = nextWindow(this.window, code);
        this.count++;
      }
      i++;
    }
  }
}
