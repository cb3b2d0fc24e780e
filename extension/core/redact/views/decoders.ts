import type { Decoded } from "../view.ts";
import { readColumns } from "./columns.ts";
import { readDumps } from "./dumps.ts";
import { decodeEscapes } from "./escapes.ts";
import { readNumbers } from "./numbers.ts";
import { decodeRuns } from "./runs.ts";
import { foldUnicode } from "./unicode.ts";

/** Undoes a layer of escapes or of Unicode: programs add several without meaning to hide anything. */
export function unescapings(bytes: Uint8Array): readonly Decoded[] {
  return [decodeEscapes(bytes), foldUnicode(bytes)].filter((decoded) => decoded !== undefined);
}

/** Reads encodings of bytes. */
export function decodings(bytes: Uint8Array): readonly Decoded[] {
  const columns = readColumns(bytes);
  return [
    ...(columns === undefined ? [] : [columns]),
    ...readDumps(bytes),
    ...readNumbers(bytes),
    ...decodeRuns(bytes),
  ];
}
