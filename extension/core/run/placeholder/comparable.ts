import { codesOf } from "../../redact/fold.ts";

/**
 * What a text says, in letters and digits without their case: as it stands, without escapes, and decoded from hex or
 * base64. So that what a server sends back is known again when it has changed the form. Only readings that keep
 * nearly all of the text: two that were reduced to a few letters would be alike by accident.
 */
export function readingsOf(bytes: Uint8Array): readonly string[] {
  const text = Buffer.from(bytes).toString("latin1");
  const plain = withoutEscapes(text);
  const decoded = [text, plain].flatMap((form) => [...fromHex(form), ...fromBase64(form)]);
  const readings = [text, plain, ...decoded].filter(isMostlyText).map(folded);
  return [...new Set(readings)].filter((reading) => reading.length >= MIN_LETTERS);
}

/** As many as the least that is ever masked shows. */
const MIN_LETTERS = 6;

function isMostlyText(text: string): boolean {
  return /^[\t\r\n\x20-\x7e]*$/.test(text) && folded(text).length * 2 >= text.length;
}

function folded(text: string): string {
  return Buffer.from(codesOf(Buffer.from(text, "latin1"))).toString("latin1");
}

function withoutEscapes(text: string): string {
  return text
    .replace(/(?:%|\\x)([0-9a-f]{2})|\\u00([0-9a-f]{2})|&#x([0-9a-f]{2});/gi, (_, ...codes: (string | undefined)[]) =>
      String.fromCharCode(Number.parseInt(codes.slice(0, 3).find((code) => code !== undefined)!, 16)),
    )
    .replace(/&#(\d{2,3});/g, (whole, code: string) =>
      Number(code) < 256 ? String.fromCharCode(Number(code)) : whole,
    );
}

function fromHex(text: string): string[] {
  const digits = text.replace(/0x|\\x|[\s:,]/gi, "");
  if (!/^[0-9a-f]{8,}$/i.test(digits)) return [];
  // A piece may begin in the middle of a byte.
  return [0, 1].map((from) => Buffer.from(digits.slice(from), "hex").toString("latin1"));
}

function fromBase64(text: string): string[] {
  const digits = text.replace(/\s|=+$/g, "");
  if (!/^[A-Za-z0-9+/_-]{8,}$/.test(digits)) return [];
  // At the other three alignments its first and last characters tell only a part of a byte.
  return [0, 1, 2, 3].flatMap((from) => {
    const bytes = Buffer.from(digits.slice(from), "base64").toString("latin1");
    return [bytes, bytes.slice(0, -1)];
  });
}
