import type { Decoded } from "../view.ts";
import { readColumns } from "./columns.ts";
import { withoutCounters } from "./counters.ts";
import { readDumps } from "./dumps.ts";
import { decodeEscapes } from "./escapes.ts";
import { compressedIn } from "./inflated.ts";
import { withoutTags } from "./markup.ts";
import { readNumbers } from "./numbers.ts";
import { applyBackspaces } from "./overstrike.ts";
import { decodeRuns } from "./runs.ts";
import { foldUnicode, latin1Bytes } from "./unicode.ts";

/** Undoes a layer of escapes or of Unicode: programs add several without meaning to hide anything. */
export function unescapings(bytes: Uint8Array): readonly Decoded[] {
  return [
    decodeEscapes(bytes),
    foldUnicode(bytes),
    latin1Bytes(bytes),
    withoutTags(bytes),
    applyBackspaces(bytes),
  ].filter((decoded) => decoded !== undefined);
}

/** Reads encodings of bytes. */
export function decodings(bytes: Uint8Array): readonly Decoded[] {
  return [
    ...readColumns(bytes),
    ...[withoutCounters(bytes)].filter((decoded) => decoded !== undefined),
    ...readDumps(bytes),
    ...readNumbers(bytes),
    ...decodeRuns(bytes),
    ...compressedIn(bytes),
  ];
}
