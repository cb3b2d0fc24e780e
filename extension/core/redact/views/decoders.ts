import type { Decoded } from "../view.ts";
import { readDumps } from "./dumps.ts";
import { decodeEscapes } from "./escapes.ts";
import { readNumbers } from "./numbers.ts";
import { decodeRuns } from "./runs.ts";
import { foldUnicode } from "./unicode.ts";

/** Every way to read bytes as something else. Each gives nothing for most texts. */
export const DECODERS: readonly ((bytes: Uint8Array) => readonly Decoded[])[] = [
  (bytes) => optional(decodeEscapes(bytes)),
  (bytes) => optional(foldUnicode(bytes)),
  readDumps,
  readNumbers,
  decodeRuns,
];

function optional(decoded: Decoded | undefined): readonly Decoded[] {
  return decoded === undefined ? [] : [decoded];
}
