import type { Hit } from "./gram-hit.ts";
import type { GramIndex } from "./gram-index.ts";
import { searchGrams } from "./gram-search.ts";
import { piecesStart } from "./lines.ts";
import { searchNeedles } from "./needle-search.ts";
import type { NeedleTable } from "./needles.ts";
import { type RawBytes, searchRawBytes } from "./raw-bytes.ts";
import { sourceEnd, sourceStart, type View, within } from "./view.ts";
import { readColumns } from "./views/columns.ts";
import { isOrderedDump } from "./views/dumps.ts";
import { reversed, rotated } from "./views/mirrored.ts";
import { type Depth, eachNested } from "./views/nesting.ts";

/** What is looked for, in tables. */
export interface Tables {
  readonly names: readonly string[];
  readonly grams: GramIndex;
  readonly needles: NeedleTable | undefined;
  readonly raw: RawBytes;
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

/** Two encoders, and the layers of escapes before, between and after them. */
const NESTED: Depth = { encodings: 2, escapes: 4, inflations: 2 };
/** The one that is left in text that runs backwards or is rotated. */
const INSIDE: Depth = { encodings: 1, escapes: 2, inflations: 1 };

/**
 * Every region of `bytes` that gives a part of a secret away, in whatever disguise. What lies before `own` is context
 * that was released already: a value may have begun there, but only the raw text, its columns and the pieces of a text reach across.
 */
export function inspect(tables: Tables, bytes: Uint8Array, own: number): Region[] {
  const regions: Region[] = [];
  search(tables, { bytes }, regions);
  for (const columns of readColumns(bytes)) search(tables, within({ bytes }, columns), regions);
  const first = piecesStart(bytes, own);
  const root: View = { bytes: bytes.subarray(first), offset: first };
  const use = (view: View): void => search(tables, view, regions);
  eachNested(root, NESTED, use);
  if (isOrderedDump(root.bytes)) return regions;
  for (const mirrored of [reversed(root.bytes), rotated(root.bytes)]) {
    if (mirrored === undefined) continue;
    const view = within(root, mirrored);
    use(view);
    eachNested(view, INSIDE, use);
  }
  return regions;
}

function search(tables: Tables, view: View, regions: Region[]): void {
  const hits: Hit[] = searchGrams(tables.grams, view.bytes);
  if (tables.needles !== undefined) hits.push(...searchNeedles(tables.needles, tables.names, view.bytes));
  if (view.from !== undefined) hits.push(...searchRawBytes(tables.raw, view.bytes));
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
