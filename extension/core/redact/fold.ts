/**
 * The alphabet of the skeleton. Programs put quotes, separators, colours and line breaks into a value, and change its
 * case; letters and digits survive all of that, so only they are compared.
 */

/** 1-26 letters, case folded; 27-36 digits; 0 = dropped. */
export const CODE: Uint8Array = new Uint8Array(256);
/** 1-13 letters, 16-25 digits. A letter shares its symbol with its rot13 twin, so one table finds both. */
export const SYMBOL: Uint8Array = new Uint8Array(256);
/** Digits, and only they, have this bit. */
export const FIRST_DIGIT = 16;
/** `CODE` after rot13, indexed by code. */
export const ROTATED: Uint8Array = new Uint8Array(37);
/** `SYMBOL` indexed by code. */
export const SYMBOL_OF_CODE: Uint8Array = new Uint8Array(37);

for (let letter = 0; letter < 26; letter++) {
  const code = letter + 1;
  CODE[0x41 + letter] = code;
  CODE[0x61 + letter] = code;
  ROTATED[code] = ((letter + 13) % 26) + 1;
  SYMBOL_OF_CODE[code] = (letter % 13) + 1;
}
for (let digit = 0; digit < 10; digit++) {
  CODE[0x30 + digit] = 27 + digit;
  ROTATED[27 + digit] = 27 + digit;
  SYMBOL_OF_CODE[27 + digit] = FIRST_DIGIT + digit;
}
for (let byte = 0; byte < 256; byte++) SYMBOL[byte] = SYMBOL_OF_CODE[CODE[byte]!]!;

/** Each byte after rot13. */
export const ROT13: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const code = CODE[byte]!;
  if (code === 0 || code > 26) return byte;
  return code > 13 ? byte - 13 : byte + 13;
});

/** How many letters and digits there are. */
export function skeletonLength(bytes: Uint8Array): number {
  let length = 0;
  for (const byte of bytes) if (CODE[byte] !== 0) length++;
  return length;
}

export function codesOf(bytes: Uint8Array): Uint8Array {
  const codes = new Uint8Array(skeletonLength(bytes));
  let length = 0;
  for (const byte of bytes) {
    const code = CODE[byte]!;
    if (code !== 0) codes[length++] = code;
  }
  return codes;
}
