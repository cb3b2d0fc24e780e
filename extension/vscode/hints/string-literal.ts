import type { Language, StringKind } from "./language.ts";

/** A string literal: from its prefix to behind its last quote. */
export interface Literal {
  readonly kind: StringKind;
  readonly start: number;
  readonly end: number;
  readonly contentStart: number;
  readonly contentEnd: number;
}

/** What a stretch of text is a part of. */
export type Place =
  | { readonly kind: "literal"; readonly literal: Literal }
  | { readonly kind: "comment" }
  | { readonly kind: "bare" }
  /** It begins in one literal and ends outside of it. */
  | { readonly kind: "spread" };

/** Reads the text from its start as far as needed, since what a quote means depends on all that stands before it. */
export function placeOf(text: string, start: number, end: number, language: Language): Place {
  const reader = new Reader(text, start, end, language);
  reader.code(0, undefined, 0);
  return reader.place ?? { kind: "bare" };
}

class Reader {
  place: Place | undefined;
  readonly #text: string;
  readonly #start: number;
  readonly #end: number;
  readonly #language: Language;
  readonly #tokens: RegExp;

  constructor(text: string, start: number, end: number, language: Language) {
    this.#text = text;
    this.#start = start;
    this.#end = end;
    this.#language = language;
    const { comments, strings, skip } = language;
    const all = [...comments.map(([open]) => open), ...strings.map(({ open }) => open), skip ?? "(?!)", "[{}()]"];
    this.#tokens = new RegExp(all.map((token) => `(${token})`).join("|"), "gm");
  }

  /** Reads code from `at` on; in a hole of a string, to what closes it. Returns where it ended. */
  code(at: number, closing: string | undefined, depth: number): number {
    const { comments, strings } = this.#language;
    let open = 0;
    let i = at;
    while (i <= this.#start && this.place === undefined) {
      this.#tokens.lastIndex = i;
      const match = this.#tokens.exec(this.#text);
      if (match === null || match.index > this.#end) return this.#text.length;
      const token = match.slice(1).findIndex((group) => group !== undefined);
      i = match.index + match[0].length;
      if (token < comments.length) {
        i = this.#comment(match.index, i, comments[token]![1]);
      } else if (token < comments.length + strings.length) {
        i = this.#string(match.index, i, strings[token - comments.length]!, depth);
      } else if (closing !== undefined) {
        if (match[0] === closing && open === 0) return i;
        if (match[0] === OPENING[closing]) open++;
        else if (match[0] === closing) open--;
      }
    }
    return i;
  }

  #comment(from: number, at: number, close: string): number {
    const found = this.#text.indexOf(close, at);
    const end = found === -1 ? this.#text.length : found + close.length;
    if (this.#start >= from && this.#start < end) this.place = { kind: "comment" };
    return end;
  }

  #string(start: number, contentStart: number, kind: StringKind, depth: number): number {
    const text = this.#text;
    const { close, hole, escapes } = kind;
    const escaped = escapes === "c" || escapes === "shell" || escapes === "single";
    let i = contentStart;
    while (i < text.length) {
      if (escaped && text[i] === "\\") {
        i += 2;
      } else if (hole !== undefined && depth < MAX_DEPTH && text.startsWith(hole[0], i)) {
        const inside = i + hole[0].length;
        i = this.code(inside, hole[1], depth + 1);
        if (this.place !== undefined) return i;
        if (this.#start >= inside && this.#start < i) {
          this.place = { kind: "bare" };
          return i;
        }
      } else if (escapes === "doubled" && text.startsWith(close + close, i)) {
        i += close.length * 2;
      } else if (text.startsWith(close, i)) {
        this.#found({ kind, start, end: i + close.length, contentStart, contentEnd: i });
        return i + close.length;
      } else if (text[i] === "\n" && kind.multiline !== true) {
        // Never closed: an apostrophe in a text, or half a line that is being typed.
        return i;
      } else i++;
    }
    return text.length;
  }

  #found(literal: Literal): void {
    if (this.#end <= literal.start || this.#start >= literal.end) return;
    const isInside = this.#start >= literal.contentStart && this.#end <= literal.contentEnd;
    this.place = isInside ? { kind: "literal", literal } : { kind: "spread" };
  }
}

/** Code in strings in code: real programs stop at two or three. */
const MAX_DEPTH = 20;
const OPENING: Readonly<Record<string, string>> = { "}": "{", ")": "(" };
