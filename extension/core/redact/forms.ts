import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import {
  ascii85Cores,
  base32Cores,
  base32HexCores,
  base64Cores,
  otherBase85Cores,
  uuCores,
  wholeNumbers,
} from "./base-encodings.ts";
import { skeletonLength } from "./fold.ts";
import type { ValuePart } from "./value-parts.ts";

/** A text that a program may print for a part of a value, to be looked for by its skeleton. */
export interface Form {
  readonly text: Uint8Array;
  /** `encoded`: the characters beside a hit may hold some bits of the value, so they go too. */
  readonly kind: "plain" | "encoded" | "digest";
  readonly boilerplate: ValuePart["boilerplate"];
}

/** So many letters and digits in a row give a value away. */
export const MIN_RUN = 12;
/** From eight on, and from half of the value, a piece at the value's beginning or end counts; of an encoding, all of it. */
export const MIN_PIECE = 8;
/** With a sign of the value among them, eight characters have one letter fewer. Of those, two in three are looked at. */
export const MIN_SYMBOLS = 7;
/** From here on only the encodings that programs apply to files. */
const LONG = 4096;
/** Rare encodings double the tables, so they are for short values and few of them. */
const LONGEST_RARE = 256;

export function formsOf(part: ValuePart, short: boolean, rare: boolean): readonly Form[] {
  const { bytes } = part;
  const forms: Form[] = [];
  const add = (text: string, kind: Form["kind"] = "encoded"): void => {
    forms.push({ text: Buffer.from(text, "latin1"), kind, boilerplate: [] });
  };
  forms.push({ text: bytes, kind: "plain", boilerplate: part.boilerplate });
  if (isBoilerplateOnly(part)) return forms;
  add(Buffer.from(bytes).toString("hex"));
  for (const core of base64Cores(bytes)) add(core);
  for (const core of base32Cores(bytes)) add(core);
  if (bytes.length <= LONG) {
    for (const core of ascii85Cores(bytes)) add(core);
    for (const text of wholeNumbers(bytes)) add(text);
  }
  if (rare && bytes.length <= LONGEST_RARE) {
    for (const core of [...otherBase85Cores(bytes), ...base32HexCores(bytes), ...uuCores(bytes)]) add(core);
    add(rot47(bytes));
    // Upper or lower case of a compressed value can't be undone; a short one always compresses to the same.
    for (const core of base64Cores(deflateRawSync(bytes))) add(core);
    for (const order of [bytes, bytes.toReversed()]) {
      add(BigInt(`0x0${Buffer.from(order).toString("hex")}`).toString());
    }
    if (!short) for (const text of rearranged(Buffer.from(bytes).toString("latin1"))) add(text);
  }
  if (short) for (const text of digests(bytes)) add(text, "digest");
  return forms;
}

function rot47(bytes: Uint8Array): string {
  return String.fromCharCode(
    ...bytes.map((byte) => (byte > 0x20 && byte < 0x7f ? ((byte - 33 + 47) % 94) + 33 : byte)),
  );
}

/** Each character twice, and those of each pair the other way round. */
function rearranged(text: string): readonly string[] {
  const swapped = (from: string): string => from.replace(/(.)(.)/gs, "$2$1");
  return [text.replace(/./gs, "$&$&"), swapped(text), swapped(text.slice(1))];
}

function isBoilerplateOnly(part: ValuePart): boolean {
  const covered = part.boilerplate.reduce((sum, [start, end]) => sum + end - start, 0);
  return covered >= part.bytes.length;
}

/** The hash of a PIN is the PIN: all of them can be tried in a second. */
function digests(bytes: Uint8Array): string[] {
  const out: string[] = [];
  for (const input of [bytes, Buffer.concat([bytes, Buffer.from("\n")])]) {
    for (const algorithm of ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b512"]) {
      const digest = createHash(algorithm).update(input).digest();
      out.push(digest.toString("hex"), digest.toString("base64"));
    }
  }
  return out;
}

/** Below this, a value's skeleton is matched whole and in its exact bytes. */
export function isShort(bytes: Uint8Array): boolean {
  return skeletonLength(bytes) < MIN_RUN;
}
