import type { Escapes } from "./language.ts";

/** The value that a piece of source text means; undefined = it can't be told for sure. */
export function meaningOf(source: string, escapes: Escapes, quote: string): string | undefined {
  switch (escapes) {
    case "none":
      return source;
    case "doubled":
      return source.replaceAll(quote + quote, quote);
    case "single":
      return source.replaceAll(/\\([\\'])/g, "$1");
    case "shell":
      return source.replaceAll(/\\([$`"\\])/g, "$1");
    case "c":
      return unescaped(source);
  }
}

/** Lines of a block that is indented as a whole, as keys in YAML are, without that indent. */
export function withoutIndent(text: string, start: number, value: string): string {
  const indent = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  if (!value.includes("\n") || indent === "" || indent.trim() !== "") return value;
  const lines = value.split("\n");
  return lines.slice(1).every((line) => line.startsWith(indent) || line.trim() === "")
    ? lines.map((line, index) => (index === 0 ? line : line.slice(indent.length))).join("\n")
    : value;
}

function unescaped(source: string): string | undefined {
  let isKnown = true;
  const value = source.replaceAll(
    /\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]?))/g,
    (_, braced?: string, four?: string, two?: string, letter?: string) => {
      const code = Number.parseInt(braced ?? four ?? two ?? "", 16);
      if (code <= 0x10ffff) return String.fromCodePoint(code);
      const meant = letter === undefined ? undefined : MEANT[letter];
      if (meant === undefined) isKnown = false;
      return meant ?? "";
    },
  );
  return isKnown ? value : undefined;
}

/** The same in every language that has them. */
const MEANT: Readonly<Record<string, string>> = {
  ...{ n: "\n", r: "\r", t: "\t" },
  ...{ "\\": "\\", '"': '"', "'": "'", "`": "`", "/": "/", $: "$", "#": "#" },
};
