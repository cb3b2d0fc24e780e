import type { GramIndex } from "./gram-index.ts";
import { type Hit, searchGrams } from "./gram-search.ts";
import { searchNeedles } from "./needle-search.ts";
import type { NeedleTable } from "./needles.ts";
import { IS_TEXT } from "./printable.ts";
import { type Decoded, sourceEnd, sourceStart, type View, within } from "./view.ts";
import { readColumns } from "./views/columns.ts";
import { decodings, unescapings } from "./views/decoders.ts";
import { isCompressed } from "./views/inflated.ts";

/** What is looked for, in tables. */
export interface Tables {
  readonly names: readonly string[];
  readonly grams: GramIndex;
  readonly needles: NeedleTable | undefined;
  /** Some value has accented letters. */
  readonly accents: boolean;
}

/** A stretch of the inspected bytes that shows a secret. */
export interface Region {
  readonly start: number;
  readonly end: number;
  readonly secret: number;
  readonly run: number;
}

/** Nesting that is undone: encodings, and layers of escapes before, between and after them. */
const MAX_DECODINGS = 2;
const MAX_ESCAPES = 4;
/** All views together, so that no input makes the decoders' work explode. */
const MAX_VIEWS = 400;
const MAX_WORK = 1 << 23;

/**
 * Every region of `bytes` that gives a part of a secret away, in whatever disguise. What lies before `own` is context
 * that was released already: a value may have begun there, but only the raw text and its columns reach across.
 */
export function inspect(tables: Tables, bytes: Uint8Array, own: number): Region[] {
  const regions: Region[] = [];
  search(tables, { bytes }, regions);
  for (const columns of readColumns(bytes)) search(tables, within({ bytes }, columns), regions);
  const root: View = { bytes: bytes.subarray(own), offset: own };
  const seen = new Set([Buffer.from(root.bytes).toString("latin1")]);
  decode({ tables, regions, seen, work: MAX_WORK }, root, MAX_DECODINGS, MAX_ESCAPES);
  return regions;
}

interface Inspection {
  readonly tables: Tables;
  readonly regions: Region[];
  /** The contents of the views so far: the same text read in two ways is searched once. */
  readonly seen: Set<string>;
  work: number;
}

function decode(inspection: Inspection, view: View, decodingsLeft: number, escapesLeft: number): void {
  if (escapesLeft > 0) {
    for (const decoded of unescapings(view.bytes)) enter(inspection, view, decoded, decodingsLeft, escapesLeft - 1);
  }
  if (decodingsLeft > 0) {
    for (const decoded of decodings(view.bytes)) enter(inspection, view, decoded, decodingsLeft - 1, escapesLeft);
  }
}

function enter(
  inspection: Inspection,
  outer: View,
  decoded: Decoded,
  decodingsLeft: number,
  escapesLeft: number,
): void {
  const { tables, regions, seen } = inspection;
  inspection.work -= decoded.bytes.length;
  if (inspection.work < 0) return;
  const view = within(outer, decoded);
  if (!isReadable(decoded.bytes)) {
    // Of these a dump has hundreds, which must not use up the number of views.
    search(tables, view, regions);
    return;
  }
  const content = `${sourceStart(outer, decoded.lo[0] ?? 0)} ${Buffer.from(decoded.bytes).toString("latin1")}`;
  if (seen.size >= MAX_VIEWS || seen.has(content)) return;
  seen.add(content);
  search(tables, view, regions);
  decode(inspection, view, decodingsLeft, escapesLeft);
}

const MIN_READABLE = 16;

/** Encodings are made of text, or of compressed data; a dump of a program read in a wrong base is neither. */
function isReadable(bytes: Uint8Array): boolean {
  let run = 0;
  for (let i = 0; i < bytes.length; i++) {
    const isText = IS_TEXT[bytes[i]!] === 1;
    // A character of UTF-8 counts once.
    const isLetter = bytes[i]! >= 0xc2 && (bytes[i + 1]! & 0xc0) === 0x80;
    while (isLetter && (bytes[i + 1]! & 0xc0) === 0x80) i++;
    run = isText || isLetter ? run + 1 : 0;
    if (run >= MIN_READABLE) return true;
  }
  return isCompressed(bytes);
}

function search(tables: Tables, view: View, regions: Region[]): void {
  const hits: Hit[] = searchGrams(tables.grams, view.bytes);
  if (tables.needles !== undefined) hits.push(...searchNeedles(tables.needles, tables.names, view.bytes));
  for (const { secret, start, end, run } of hits) {
    let from = sourceStart(view, start);
    let to = sourceEnd(view, end - 1);
    for (let i = start; i < end; i++) {
      from = Math.min(from, sourceStart(view, i));
      to = Math.max(to, sourceEnd(view, i));
    }
    regions.push({ secret, start: from, end: to, run });
  }
}
