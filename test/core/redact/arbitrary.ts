import fc from "fast-check";

/** A value of random letters and digits; the parts are drawn apart so that shrinking keeps it random. */
export function alphanumeric(minLength: number, maxLength: number): fc.Arbitrary<string> {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  return fc
    .tuple(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.integer({ min: minLength, max: maxLength }))
    .map(([seed, length]) => {
      let state = seed;
      return Array.from({ length }, () => {
        state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
        state ^= state >>> 12;
        return letters[(state >>> 0) % 62];
      }).join("");
    });
}

/** What programs put between two characters: no letters or digits, but for those of escape sequences. */
export function junk(): fc.Arbitrary<string> {
  return fc.constantFrom(
    "",
    " ",
    "\n",
    "\r\n",
    "-",
    ":",
    "\0",
    "\t",
    "\x1b[31m",
    "\x1b[0m",
    "\x1b[1;32m",
    "\x1b[2K",
    "\x1b[10C",
    "\u200b",
    "\u2060",
    "'",
    '"',
    ", ",
    " | ",
    "\n> ",
    "...",
    "\r",
    "é",
    "→",
    "\x1b]0;",
    "\x07",
    "_",
    "/",
    "+",
    "=",
    "$ ",
    ": ",
  );
}

export function skeleton(text: string): string {
  return text
    .replace(/\x1b\[[0-9;]*[A-Za-z]/g, "")
    .replace(/[^A-Za-z0-9]/g, "")
    .toLowerCase();
}

export function windowsOf(text: string, length: number): string[] {
  return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, i) => text.slice(i, i + length));
}
