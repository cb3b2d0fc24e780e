import { isUtf8 } from "node:buffer";
// Not by import(): it is a CommonJS module, of which a bundle finds no single exports then.
import { parse } from "dotenv";
import { fileText, refuseUtf16 } from "./file-text.ts";
import type { Found, FoundSecret, ImportNote } from "./found-secret.ts";

/**
 * A `.env` file, by the rules of the library that most programs read it with (https://github.com/motdotla/dotenv#rules).
 * Doppler, Infisical and others write it too. Bytes that are no UTF-8 survive.
 */
export function readDotenv(bytes: Uint8Array): Found {
  refuseUtf16(bytes);
  const isText = isUtf8(bytes);
  const parsed = Object.entries(parse(isText ? fileText(bytes) : asEscapes(bytes)));
  const secrets: FoundSecret[] = parsed.map(([from, text]) => ({
    from,
    wanted: from,
    value: isText ? Buffer.from(text, "utf8") : fromEscapes(text),
  }));
  return { secrets, left: [], notes: repeatedNames(Buffer.from(bytes).toString("latin1"), parsed) };
}

/** Each byte that is no ASCII as a lone surrogate, as Python does it: no rule of the library looks at those. */
function asEscapes(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte < 0x80 ? byte : ESCAPE + byte);
  return text;
}

function fromEscapes(text: string): Buffer {
  return Buffer.from([...text].map((char) => char.charCodeAt(0)).map((code) => (code < 0x80 ? code : code - ESCAPE)));
}

const ESCAPE = 0xdc00;

/** The library takes the last; a person may have meant the first. */
function repeatedNames(text: string, parsed: readonly (readonly [string, string])[]): readonly ImportNote[] {
  const counts = new Map<string, number>();
  for (const [, name] of text.matchAll(/^\s*(?:export\s+)?([\w.-]+)\s*[=:]/gm)) {
    counts.set(name!, (counts.get(name!) ?? 0) + 1);
  }
  return parsed
    .filter(([name]) => (counts.get(name) ?? 0) > 1)
    .map(([name]): ImportNote => `${name} stands in the file more than once; the last one counts, as for programs.`);
}
