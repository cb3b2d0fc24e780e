import { isUtf8 } from "node:buffer";
import { base64Cores } from "./base-encodings.ts";
import { isDull, looksRandom } from "./dull.ts";
import { codesOf, ROT13, skeletonLength } from "./fold.ts";
import { formsOf, isShort } from "./forms.ts";
import type { SecretForm } from "./gram-index.ts";
import type { Needle } from "./needles.ts";
import type { RawValue } from "./raw-bytes.ts";
import { type ValuePart, valueParts } from "./value-parts.ts";
import { isCommon } from "./weak.ts";

/** What to look for, for one secret. */
export interface Plan {
  readonly forms: readonly SecretForm[];
  readonly needles: readonly Needle[];
  readonly raw: readonly RawValue[];
}

/** `rare`: also encodings that hardly any program prints. */
export function planFor(secret: number, value: Uint8Array, rare: boolean): Plan {
  const forms: SecretForm[] = [];
  const needles: Needle[] = [];
  const raw: RawValue[] = [];
  valueParts(value).forEach((part, n) => {
    if (part.bytes.length >= MIN_RAW) {
      raw.push({ secret, bytes: bytesOf(part.bytes), isKey: n > 0 && !isText(part.bytes) });
    }
    const short = isShort(part.bytes);
    const common = isCommon(part.bytes);
    if (n > 0 && common) return;
    // The raw bytes of a key that is kept as text are no text: a pass for them would slow every stream down.
    const dull = n === 0 && isDull(codesOf(part.bytes), 0, skeletonLength(part.bytes));
    for (const form of formsOf(part, short && n === 0, rare)) {
      if (short && skeletonLength(form.text) < 8) continue;
      if (common && form.kind === "plain") continue;
      forms.push({ ...form, secret, dull: dull && form.kind === "plain" && isUnlikely(part.bytes) });
    }
    if ((short || common || dull) && (n === 0 || isText(part.bytes))) needles.push(...needlesOf(part, secret, common));
  });
  return { forms, needles, raw };
}

/** Fewer bytes of a key are none that anybody keeps, and stand in tables of numbers by chance. */
const MIN_RAW = 8;

/** Base64 characters that only this value makes: fewer are too likely to be chance. */
const MIN_CORE = 7;

function needlesOf(part: ValuePart, secret: number, common: boolean): Needle[] {
  const { bytes } = part;
  const needles: Needle[] = [];
  const add = (text: Uint8Array | string, where: Needle["where"]): void => {
    needles.push({ bytes: typeof text === "string" ? Buffer.from(text, "latin1") : bytesOf(text), secret, where });
  };
  add(bytes, common ? "assigned" : isUnlikely(bytes) ? "anywhere" : "token");
  if (bytes.includes(0x20))
    add(Buffer.from(bytes).toString("latin1").replaceAll(" ", "+"), common ? "assigned" : "token");
  if (isUnlikely(bytes)) for (const text of mirrored(bytes)) add(text, "token");
  if (bytes.length < 4) return needles;
  for (const whole of [Buffer.from(bytes), Buffer.concat([bytes, Buffer.from("\n")])]) {
    add(whole.toString("base64"), "token");
    add(whole.toString("base64url"), "token");
  }
  for (const core of base64Cores(bytes)) {
    if (core.length < MIN_CORE) continue;
    add(core, "anywhere");
    if (/[+/]/.test(core)) add(core.replaceAll("+", "-").replaceAll("/", "_"), "anywhere");
  }
  return needles;
}

/** What a decoder needs more letters for: backwards, rotated, in one case, in UTF-16. */
function mirrored(bytes: Uint8Array): readonly (Uint8Array | string)[] {
  const text = Buffer.from(bytes).toString("latin1");
  return [
    bytes.toReversed(),
    bytes.map((byte) => ROT13[byte]!),
    text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
    text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
    Buffer.from(isUtf8(bytes) ? Buffer.from(bytes).toString("utf8") : text, "utf16le"),
  ];
}

function isText(bytes: Uint8Array): boolean {
  return isUtf8(bytes) && bytes.every((byte) => byte >= 0x20 && byte !== 0x7f);
}

function bytesOf(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes);
}

function isUnlikely(bytes: Uint8Array): boolean {
  if (bytes.length < 8) return false;
  const dropped = bytes.length - skeletonLength(bytes);
  return looksRandom(bytes) || (dropped >= 8 && new Set(bytes).size >= 6);
}
