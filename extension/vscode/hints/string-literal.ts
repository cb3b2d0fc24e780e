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
  /** Text up to a line with one word. Variables in it count, unless the word was quoted where it began. */
  | { readonly kind: "here-document"; readonly expands: boolean }
  /** It begins in one literal and ends outside of it. */
  | { readonly kind: "spread" };

/** Reads the text from its start as far as needed, since what a quote means depends on all that stands before it. */
export function placeOf(text: string, start: number, end: number, language: Language): Place {
  const reader = new Reader(text, start, end, language);
  reader.code(0, undefined, 0);
  return reader.place ?? { kind: "bare" };
}

interface Body {
  readonly start: number;
  readonly end: number;
}

class Reader {
  place: Place | undefined;
  readonly #text: string;
  readonly #start: number;
  readonly #end: number;
  readonly #language: Language;
  readonly #tokens: RegExp;
  #openDocuments = 0;

  constructor(text: string, start: number, end: number, language: Language) {
    this.#text = text;
    this.#start = start;
    this.#end = end;
    this.#language = language;
    const { comments, strings, skip, hereDocuments } = language;
    const document = hereDocuments === undefined ? "(?!)" : `${hereDocuments.open}${WORD}`;
    const openings = [...comments.map(([open]) => open), ...strings.map(({ open }) => open), document];
    const all = [...openings, skip ?? "(?!)", "[{}()]"];
    this.#tokens = new RegExp(all.map((token) => `(${token})`).join("|"), "gm");
  }

  /** Reads code from `at` on; in a hole of a string, to what closes it. Returns where it ended. */
  code(at: number, closing: string | undefined, depth: number): number {
    const { comments, strings } = this.#language;
    let open = 0;
    let i = at;
    let document: Body | undefined;
    while (i <= this.#start && this.place === undefined) {
      this.#tokens.lastIndex = i;
      const match = this.#tokens.exec(this.#text);
      if (match === null || match.index > this.#end) return this.#text.length;
      if (document !== undefined && match.index >= document.start) {
        i = document.end;
        document = undefined;
        continue;
      }
      const token = match.slice(1).findIndex((group) => group !== undefined);
      i = match.index + match[0].length;
      if (token < comments.length) {
        i = this.#comment(match.index, i, comments[token]![1]);
      } else if (token < comments.length + strings.length) {
        i = this.#string(match.index, i, strings[token - comments.length]!, depth);
      } else if (token === comments.length + strings.length) {
        document = this.#document(match[0], i) ?? document;
      } else if (closing !== undefined) {
        if (match[0] === closing && open === 0) return i;
        if (match[0] === OPENING[closing]) open++;
        else if (match[0] === closing) open--;
      }
    }
    return i;
  }

  /** The body begins with the next line, whatever else stands on this one. */
  #document(opening: string, at: number): Body | undefined {
    const [, quote, word] = new RegExp(`${WORD_PARTS}$`).exec(opening) ?? [];
    const start = this.#text.indexOf("\n", at) + 1;
    if (start === 0 || this.#openDocuments > MAX_OPEN) return undefined;
    const last = new RegExp(`^[ \\t]*${word}[ \\t;),.]*\\r?$`, "m").exec(this.#text.slice(start));
    if (last === null) {
      this.#openDocuments++;
      return undefined;
    }
    const end = start + last.index;
    if (this.#start >= start && this.#start < end) {
      this.place = this.#end <= end ? { kind: "here-document", expands: quote === "" } : { kind: "spread" };
    }
    return { start, end };
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

/** What looks like so many here-documents without an end is something else, and each costs a look at all that follows. */
const MAX_OPEN = 20;
/** The word that ends a here-document; quoted, if nothing in it is to be expanded. */
const WORD = "[\"'`\\\\]?[A-Za-z_]\\w*[\"'`]?";
const WORD_PARTS = "([\"'`\\\\]?)([A-Za-z_]\\w*)[\"'`]?";
/** Code in strings in code: real programs stop at two or three. */
const MAX_DEPTH = 20;
const OPENING: Readonly<Record<string, string>> = { "}": "{", ")": "(" };
