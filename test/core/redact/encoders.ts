import { isUtf8 } from "node:buffer";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";

/** What programs make of a value. Each takes and gives bytes, as Latin-1 text where that is simpler. */
export type Encoder = (bytes: Buffer) => Buffer;

const text =
  (encode: (input: string, bytes: Buffer) => string): Encoder =>
  (bytes) =>
    Buffer.from(encode(bytes.toString("latin1"), bytes), "latin1");

const each = (encode: (byte: number) => string, join = ""): Encoder =>
  text((_, bytes) => [...bytes].map(encode).join(join));

const hex2 = (byte: number): string => byte.toString(16).padStart(2, "0");
const wrap = (input: string, width: number, end = "\n"): string =>
  input.replace(new RegExp(`.{${width}}`, "g"), (line) => line + end);
const special = (byte: number): boolean => !/[A-Za-z0-9]/.test(String.fromCharCode(byte));
const partly = (encode: (byte: number) => string): Encoder =>
  each((byte) => (special(byte) ? encode(byte) : String.fromCharCode(byte)));

/** ASCII that is seen; blanks, control characters and what isn't ASCII stay. */
const visible =
  (encode: (byte: number) => string): Encoder =>
  (bytes) =>
    Buffer.concat(
      [...bytes].map((byte) => (byte > 32 && byte < 127 ? Buffer.from(encode(byte)) : Buffer.from([byte]))),
    );

/** The encoders that give back what they took by one decoding step. */
export const ESCAPES: Readonly<Record<string, Encoder>> = {
  json: text((input) => JSON.stringify(input)),
  "json \\u": each((byte) => `\\u00${hex2(byte)}`),
  "json partly \\u": partly((byte) => `\\u00${hex2(byte).toUpperCase()}`),
  url: text((input) => encodeURIComponent(input)),
  "url all": each((byte) => `%${hex2(byte)}`),
  "url partly, lower": partly((byte) => `%${hex2(byte)}`),
  "html partly": partly((byte) => `&#${byte};`),
  "html decimal": each((byte) => `&#${byte};`),
  "html open": each((byte) => `&#${byte}`),
  "c unicode": each((byte) => `\\U000000${hex2(byte)}`),
  "html hex": each((byte) => `&#x${hex2(byte)};`),
  "quoted-printable": text((input) =>
    input
      .replace(/[^!-<>-~]/g, (char) => `=${hex2(char.charCodeAt(0)).toUpperCase()}`)
      .replace(/.{1,73}(?:=[0-9A-F]{2}|[^=]{2})(?=.{3})/g, "$&=\n"),
  ),
  "shell single": text((input) => `'${input.replaceAll("'", "'\\''")}'`),
  "shell backslash": partly((byte) => `\\${String.fromCharCode(byte)}`),
  "c hex": each((byte) => `\\x${hex2(byte)}`),
  "c octal": each((byte) => `\\${byte.toString(8).padStart(3, "0")}`),
  csv: text((input) => `"${input.replaceAll('"', '""')}"`),
  "regex escaped": text((input) => input.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&")),
};

export const CODES: Readonly<Record<string, Encoder>> = {
  base64: text((_, bytes) => bytes.toString("base64")),
  base64url: text((_, bytes) => bytes.toString("base64url")),
  "base64 wrapped 76": text((_, bytes) => wrap(bytes.toString("base64"), 76)),
  "base64 wrapped 20": text((_, bytes) => wrap(bytes.toString("base64"), 20)),
  "base64 of user:secret": text((_, bytes) => Buffer.concat([Buffer.from("user:"), bytes]).toString("base64")),
  "base64 of json": text((input) => Buffer.from(JSON.stringify({ a: 1, token: input, z: 2 })).toString("base64")),
  hex: each(hex2),
  "hex upper": each((byte) => hex2(byte).toUpperCase()),
  "hex spaces": each(hex2, " "),
  "hex colons": each(hex2, ":"),
  "hex 0x": each((byte) => `0x${hex2(byte)}`, ", "),
  "hex wrapped": text((_, bytes) => wrap(bytes.toString("hex"), 60)),
  base32: text((_, bytes) => base32(bytes)),
  "base32 lower": text((_, bytes) => base32(bytes).toLowerCase().replaceAll("=", "")),
  ascii85: text((_, bytes) => ascii85(bytes)),
  decimal: each((byte) => String(byte), ", "),
  "decimal lines": each((byte) => String(byte), "\n"),
  "json buffer": text((_, bytes) => JSON.stringify(bytes)),
  "json buffer, indented": text((_, bytes) => JSON.stringify(bytes, null, 2)),
  "decimal signed": each((byte) => String(byte > 127 ? byte - 256 : byte), ", "),
  "decimal run together": each((byte) => String(byte).padStart(3, "0")),
  "characters with codes": each((byte) => `${String.fromCharCode(byte)}=${byte}`, " "),
  bits: each((byte) => byte.toString(2).padStart(8, "0"), " "),
  "bits 0b": each((byte) => `0b${byte.toString(2)}`, ", "),
  xxd: text((_, bytes) => xxd(bytes)),
  "hexdump -C": text((_, bytes) => canonical(bytes)),
  "hexdump words": text((_, bytes) => words(bytes)),
  "od -c": text((_, bytes) => odc(bytes)),
  "od octal words": text((_, bytes) => octalWords(bytes)),
  "gzip base64": text((_, bytes) => gzipSync(bytes).toString("base64")),
  "gzip hex": text((_, bytes) => gzipSync(bytes).toString("hex")),
  "gzip xxd": text((_, bytes) => xxd(gzipSync(bytes))),
  "deflate base64": text((_, bytes) => deflateSync(bytes).toString("base64")),
  "raw deflate base64": text((_, bytes) => deflateRawSync(bytes).toString("base64")),
};

export const SHAPES: Readonly<Record<string, Encoder>> = {
  plain: (bytes) => bytes,
  upper: text((input) => input.replace(/[a-z]+/g, (letters) => letters.toUpperCase())),
  lower: text((input) => input.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())),
  reversed: (bytes) => {
    const encoding = isUtf8(bytes) ? "utf8" : "latin1";
    return Buffer.from([...bytes.toString(encoding)].reverse().join(""), encoding);
  },
  rot13: text((input) => rot13(input)),
  "one per line": each((byte) => String.fromCharCode(byte), "\n"),
  spaced: each((byte) => String.fromCharCode(byte), " "),
  dashed: each((byte) => String.fromCharCode(byte), "-"),
  nul: each((byte) => String.fromCharCode(byte), "\0"),
  "utf-16le": (bytes) => Buffer.from(bytes.toString("latin1"), "utf16le"),
  "utf-16be": (bytes) => Buffer.from(bytes.toString("latin1"), "utf16le").swap16(),
  "full-width": visible((byte) => String.fromCodePoint(byte + 0xfee0)),
  "zero-width": (bytes) => Buffer.from([...bytes].map((byte) => String.fromCharCode(byte)).join("\u200b")),
  coloured: each((byte) => `\x1b[3${byte % 8}m${String.fromCharCode(byte)}`),
  "cursor moves": each((byte) => String.fromCharCode(byte), "\x1b[1C\x1b[1D"),
  numbered: text((input) => [...input].map((char, i) => `${i}: ${char}`).join("\n")),
  "numbered list": text((input) => [...input].map((char, i) => `(${i}, '${char}')`).join(", ")),
  "numbered after": text((input) => [...input].map((char, i) => `${char} ${i + 1}`).join("\n")),
  "object of characters": text((input) => JSON.stringify({ ...[...input] })),
  "four a line": text((input) => (input.match(/[\s\S]{1,4}/g) ?? []).map((part) => `app[1]: ${part}`).join("\n")),
  "eleven a line": text((input) => (input.match(/[\s\S]{1,11}/g) ?? []).map((part) => `>> log ${part}`).join("\n")),
  backspaced: each((byte) => `x\b${String.fromCharCode(byte)}`),
  overstruck: each((byte) => `${String.fromCharCode(byte)}\b${String.fromCharCode(byte)}`),
  "tag characters": visible((byte) => String.fromCodePoint(byte + 0xe0000)),
  highlighted: text((input) => `${input.slice(0, 7)}<em class="hit">${input.slice(7, 12)}</em>${input.slice(12)}`),
};

export const ENCODERS: Readonly<Record<string, Encoder>> = { ...SHAPES, ...ESCAPES, ...CODES };

function rot13(input: string): string {
  return input.replace(/[a-z]/gi, (letter) => {
    const base = letter <= "Z" ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });
}

function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const groups = bits.match(/.{1,5}/g) ?? [];
  const letters = groups.map((group) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[Number.parseInt(group.padEnd(5, "0"), 2)]);
  return letters.join("").padEnd(Math.ceil(letters.length / 8) * 8, "=");
}

function ascii85(bytes: Buffer): string {
  let out = "";
  for (let i = 0; i < bytes.length; i += 4) {
    const group = Buffer.concat([bytes.subarray(i, i + 4), Buffer.alloc(4)]).readUInt32BE(0);
    const digits = [4, 3, 2, 1, 0].map((place) => String.fromCharCode(33 + (Math.floor(group / 85 ** place) % 85)));
    out += digits.slice(0, Math.min(4, bytes.length - i) + 1).join("");
  }
  return out;
}

function rows(bytes: Buffer, row: (part: Buffer, offset: number) => string): string {
  let out = "";
  for (let i = 0; i < bytes.length; i += 16) out += `${row(bytes.subarray(i, i + 16), i)}\n`;
  return out;
}

const shown = (part: Buffer): string =>
  [...part].map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");

function xxd(bytes: Buffer): string {
  return rows(bytes, (part, offset) => {
    const groups = part
      .toString("hex")
      .match(/.{1,4}/g)!
      .join(" ");
    return `${offset.toString(16).padStart(8, "0")}: ${groups.padEnd(39)}  ${shown(part)}`;
  });
}

function canonical(bytes: Buffer): string {
  return rows(bytes, (part, offset) => {
    const pairs = [...part].map(hex2);
    const columns = `${pairs.slice(0, 8).join(" ").padEnd(23)}  ${pairs.slice(8).join(" ").padEnd(23)}`;
    return `${offset.toString(16).padStart(8, "0")}  ${columns}  |${shown(part)}|`;
  });
}

function littleWords(part: Buffer): number[] {
  const padded = part.length % 2 === 0 ? part : Buffer.concat([part, Buffer.alloc(1)]);
  return Array.from({ length: padded.length / 2 }, (_, i) => padded.readUInt16LE(i * 2));
}

function words(bytes: Buffer): string {
  return rows(bytes, (part, offset) => {
    const groups = littleWords(part).map((word) => word.toString(16).padStart(4, "0"));
    return `${offset.toString(16).padStart(7, "0")} ${groups.join(" ")}`;
  });
}

function octalWords(bytes: Buffer): string {
  return rows(bytes, (part, offset) => {
    const groups = littleWords(part).map((word) => word.toString(8).padStart(6, "0"));
    return `${offset.toString(8).padStart(7, "0")} ${groups.join(" ")}`;
  });
}

const NAMED = new Map([
  [10, "\\n"],
  [9, "\\t"],
  [13, "\\r"],
  [0, "\\0"],
  [8, "\\b"],
]);

function odc(bytes: Buffer): string {
  return rows(bytes, (part, offset) => {
    const cells = [...part].map((byte) => {
      const printed = byte > 31 && byte < 127 ? String.fromCharCode(byte) : NAMED.get(byte);
      return (printed ?? byte.toString(8).padStart(3, "0")).padStart(4);
    });
    return `${offset.toString(8).padStart(7, "0")}${cells.join("")}`;
  });
}
