import type { GramIndex } from "./gram-index.ts";
import { type Hit, searchGrams } from "./gram-search.ts";
import { searchNeedles } from "./needle-search.ts";
import type { NeedleTable } from "./needles.ts";
import { sourceEnd, sourceStart, type View, within } from "./view.ts";
import { readColumns } from "./views/columns.ts";
import { DECODERS } from "./views/decoders.ts";

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

/** Two encodings around an escaped value; more nesting is a program made to leak. */
const MAX_DEPTH = 4;
/** All views together, so that no input makes the decoders' work explode. */
const MAX_WORK = 1 << 23;

/**
 * Every region of `bytes` that gives a part of a secret away, in whatever disguise. What lies before `own` is context
 * that was released already: a value may have begun there, but only the raw text and its columns reach across.
 */
export function inspect(tables: Tables, bytes: Uint8Array, own: number): Region[] {
  const regions: Region[] = [];
  search(tables, { bytes }, regions);
  const columns = readColumns(bytes);
  if (columns !== undefined) search(tables, within({ bytes }, columns), regions);
  const budget = { left: MAX_WORK };
  const root: View = own === 0 ? { bytes } : shifted(bytes, own);
  decode(tables, root, MAX_DEPTH, budget, regions);
  return regions;
}

function shifted(bytes: Uint8Array, own: number): View {
  const length = bytes.length - own;
  const from = Int32Array.from({ length }, (_, i) => own + i);
  return { bytes: bytes.subarray(own), from, to: from.map((at) => at + 1) };
}

function decode(tables: Tables, view: View, depth: number, budget: { left: number }, regions: Region[]): void {
  if (depth === 0) return;
  for (const decoder of DECODERS) {
    for (const decoded of decoder(view.bytes)) {
      budget.left -= decoded.bytes.length;
      if (budget.left < 0) return;
      const inner = within(view, decoded);
      search(tables, inner, regions);
      decode(tables, inner, depth - 1, budget, regions);
    }
  }
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
