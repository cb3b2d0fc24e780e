import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { seeded } from "../../../bench/redact-texts.ts";
import { matcherOf, redacted, redactedSpans } from "./redacted.ts";

/** Ways in which programs print bytes, other than as hex and base64. */
const FORMS: Readonly<Record<string, (bytes: Buffer) => string>> = {
  "JSON of a Buffer": (bytes) => JSON.stringify(bytes),
  "JSON array, a number a line": (bytes) => JSON.stringify([...bytes], null, 2),
  "JSON object": (bytes) => JSON.stringify({ ...new Uint8Array(bytes) }),
  "console.log of a Uint8Array": (bytes) => inspect(new Uint8Array(bytes)),
  "console.log of an Int8Array": (bytes) => inspect(new Int8Array(bytes)),
  "Python list": (bytes) => `[${[...bytes].join(", ")}]`,
  "Go slice": (bytes) => `[${[...bytes].join(" ")}]`,
  "Go literal": (bytes) => `[]byte{${[...bytes].map((byte) => `0x${byte.toString(16)}`).join(", ")}}`,
  "Rust debug, pretty": (bytes) => `[\n${[...bytes].map((byte) => `    ${byte},\n`).join("")}]`,
  "C array": (bytes) => `{ ${[...bytes].map((byte) => `0x${byte.toString(16).padStart(2, "0")}`).join(", ")} }`,
  "C escapes": (bytes) => [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(""),
  "octal escapes": (bytes) => [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join(""),
  "od -tu1": (bytes) => [...bytes].map((byte) => String(byte).padStart(4)).join(""),
  "u32 in decimal": (bytes) =>
    words(bytes, 4)
      .map((at) => bytes.readUInt32BE(at))
      .join(", "),
  "u32 in decimal, little-endian": (bytes) =>
    words(bytes, 4)
      .map((at) => bytes.readUInt32LE(at))
      .join(", "),
  "u16 in decimal": (bytes) =>
    words(bytes, 2)
      .map((at) => bytes.readUInt16BE(at))
      .join(" "),
  "u16 in decimal, little-endian": (bytes) =>
    words(bytes, 2)
      .map((at) => bytes.readUInt16LE(at))
      .join(" "),
};

function words(bytes: Buffer, size: number): readonly number[] {
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, n) => n * size);
}

const TEXT = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Bytes of `bytes` that can still be read. */
function shown(value: string, text: string, bytes: Buffer): number {
  let left = text.length;
  for (const { start, end } of redactedSpans(matcherOf({ KEY: value }), Buffer.from(text))) left -= end - start;
  return (left / text.length) * bytes.length;
}

test("S40 the bytes of random keys that are kept as hex, base64 or text are hidden in each form that programs print bytes in", () => {
  const random = seeded(20261130);
  for (let n = 0; n < 12; n++) {
    const length = [16, 24, 32, 48][n % 4]!;
    const key = Buffer.from(Array.from({ length }, () => random(256)));
    const text = Buffer.from(Array.from({ length }, () => TEXT.charCodeAt(random(TEXT.length))));
    for (const [form, print] of Object.entries(FORMS)) {
      for (const value of [key.toString("hex"), key.toString("base64")]) {
        const left = shown(value, print(key), key);
        assert.ok(left < 8, `${form} of ${value}: ${left.toFixed(1)} bytes`);
      }
      const left = shown(text.toString(), print(text), text);
      assert.ok(left < 8, `${form} of ${text}: ${left.toFixed(1)} bytes`);
    }
  }
});

test("numbers that are no bytes of a key stay, whatever keys there are", () => {
  const random = seeded(20261201);
  const keys = Object.fromEntries(
    Array.from({ length: 200 }, (_, n) => [
      `KEY_${n}`,
      Buffer.from(Array.from({ length: 32 }, () => random(256))).toString("hex"),
    ]),
  );
  const matcher = matcherOf(keys);
  for (const [form, print] of Object.entries(FORMS)) {
    const text = print(Buffer.from(Array.from({ length: 4000 }, () => random(256))));
    assert.equal(redacted(matcher, text).toString(), text, form);
  }
});
