import type { Decoded } from "../view.ts";
import { withoutSequences } from "./ansi-text.ts";
import { decodeBase85 } from "./base85.ts";
import { withoutCodes } from "./code-pairs.ts";
import { withoutCounters } from "./counters.ts";
import { type DumpLine, readDumps } from "./dumps.ts";
import { decodeEscapes, decodeQuotedPrintable, withoutSoftBreaks } from "./escapes.ts";
import { withoutFrames } from "./frames.ts";
import { withoutPrefixes } from "./line-prefix.ts";
import { withoutTags } from "./markup.ts";
import { withoutNumbering } from "./numbering.ts";
import { readNumbers } from "./numbers.ts";
import { applyBackspaces, lastTyped } from "./overstrike.ts";
import { decodeRuns } from "./runs.ts";
import { foldUnicode, latin1Bytes, withoutInvisible } from "./unicode.ts";

/** Undoes a layer of escapes or of Unicode: programs add several without meaning to hide anything. */
export function unescapings(bytes: Uint8Array): readonly Decoded[] {
  return [
    decodeEscapes(bytes),
    decodeQuotedPrintable(bytes),
    withoutSoftBreaks(bytes),
    foldUnicode(bytes),
    withoutInvisible(bytes),
    latin1Bytes(bytes),
    withoutTags(bytes),
    withoutSequences(bytes),
    applyBackspaces(bytes),
    lastTyped(bytes),
  ].filter((decoded) => decoded !== undefined);
}

/** Puts pieces together that are shown apart. */
export function rearrangements(bytes: Uint8Array): readonly Decoded[] {
  return [
    withoutFrames(bytes),
    withoutNumbering(bytes),
    withoutCounters(bytes),
    withoutCodes(bytes),
    ...withoutPrefixes(bytes),
  ].filter((decoded) => decoded !== undefined);
}

/** Reads encodings of bytes; `dump` has those of its lines that may be a dump's. */
export function decodings(bytes: Uint8Array, dump: readonly DumpLine[]): readonly Decoded[] {
  return [...readDumps(bytes, dump), ...readNumbers(bytes), ...decodeRuns(bytes), ...decodeBase85(bytes)];
}
