/**
 * Text in which nothing is hidden: control and format characters (bidirectional marks, zero-width ones, tags), spaces
 * that are no plain space, blank letters and long runs of spaces become `\u{…}`, on one line. Different texts stay
 * different: a literal `\u{` is spelled out too.
 */
export function visible(text: string): string {
  return text
    .replaceAll("\\u{", "\\u{5c}u{")
    .replace(/ {17,}/g, (spaces) => ` \\u{20 x ${spaces.length - 2}} `)
    .replace(HIDDEN, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** For text that another process says is visible already: spelled out only where something in it would hide. */
export function stillVisible(text: string): string {
  return text.search(HIDDEN) === -1 && !/ {17,}/.test(text) ? text : visible(text);
}

/** Text from elsewhere (names, agents' reasons, files) as one line that can act on no terminal. */
export function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) => (char === "\n" || char === "\t" ? " " : "\uFFFD"));
}

/** U+2800 is an empty Braille cell: a symbol by its class, and nothing to the eye. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;
