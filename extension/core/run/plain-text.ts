import { stripVTControlCharacters } from "node:util";
import { type Matcher, redactText } from "../redact/matcher.ts";

/**
 * What a terminal would show, as plain lines: no escape sequences, and a line that was written over (a progress bar)
 * only as it was left. Redacted again at the end: a value with an escape sequence in its middle becomes whole by this.
 */
export function plainText(bytes: Uint8Array, matcher: Matcher): string {
  const text = stripVTControlCharacters(new TextDecoder().decode(bytes));
  const lines = text.replace(/\r+\n/g, "\n").split("\n").map(asLeft);
  return redactText(matcher, lines.join("\n").replace(/[^\P{Cc}\n\t]/gu, ""));
}

function asLeft(line: string): string {
  const last = line.split("\r").findLast((part) => part !== "") ?? "";
  const shown: string[] = [];
  for (const character of last) {
    if (character === "\b") shown.pop();
    else shown.push(character);
  }
  return shown.join("");
}
