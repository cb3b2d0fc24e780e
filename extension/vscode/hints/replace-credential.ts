import type { Stretch } from "#core/redact/credential-rule.ts";
import type { Language } from "./language.ts";
import { meaningOf, withoutIndent } from "./literal-value.ts";
import { type Literal, type Place, placeOf } from "./string-literal.ts";

/** A credential as it is read from a document, before anything is changed. */
export interface ReadCredential {
  readonly value: string;
  readonly place: Place | undefined;
}

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What becomes of the text; or where no edit is surely right, what a person has to write, if the language is known. */
export type Replacement =
  | { readonly kind: "edits"; readonly edits: readonly Edit[]; readonly write: string }
  | { readonly kind: "advice"; readonly write: string | undefined };

/** undefined = its value can't be told for sure, as it is spread over several strings or has unknown escapes. */
export function readCredential(text: string, { start, end }: Stretch, language?: Language): ReadCredential | undefined {
  const source = text.slice(start, end);
  const place = language === undefined ? undefined : placeOf(text, start, end, language);
  switch (place?.kind) {
    case "literal": {
      const { escapes, close } = place.literal.kind;
      const value = meaningOf(source, escapes, close);
      return value === undefined ? undefined : { value: withoutIndent(text, start, value), place };
    }
    case "spread":
      return undefined;
    case "bare":
    case "comment":
    case "here-document":
    case undefined:
      return source.includes("\\") ? undefined : { value: withoutIndent(text, start, source), place };
  }
}

/** How the document reads the variable `name` where the credential stands now. */
export function replaceCredential(
  text: string,
  { start, end }: Stretch,
  place: Place | undefined,
  language: Language | undefined,
  name: string,
): Replacement {
  if (language === undefined || place === undefined) return { kind: "advice", write: undefined };
  const write = reference(language, name);
  const changed = edit(text, { start, end }, place, language, name);
  if (changed === undefined) return { kind: "advice", write };
  const needed = place.kind === "comment" ? undefined : language.needs?.(text, changed.start);
  const insertion = needed && { start: needed.at, end: needed.at, text: needed.text };
  return { kind: "edits", edits: [...(insertion ? [insertion] : []), changed], write };
}

function edit(text: string, found: Stretch, place: Place, language: Language, name: string): Edit | undefined {
  switch (place.kind) {
    case "literal":
      return inLiteral(text, found, place.literal, language, name);
    case "comment":
      return { ...found, text: reference(language, name) };
    case "bare":
      return bare(text, found, language, name);
    case "here-document": {
      const part = place.expands ? language.hereDocuments?.part : undefined;
      return part && { ...found, text: part(name) };
    }
    case "spread":
      return undefined;
  }
}

function inLiteral(text: string, found: Stretch, literal: Literal, language: Language, name: string): Edit | undefined {
  const { start, end, kind } = literal;
  const before = text.slice(Math.max(0, start - LOOK_BACK), start);
  const after = text.slice(end, end + LOOK_BACK);
  if (language.keys === true && /^\s*:/.test(after) && /[{,\n]\s*$|^\s*$/.test(before)) return undefined;
  if (language.constant?.test(before) === true) return undefined;
  const isWhole = found.start === literal.contentStart && found.end === literal.contentEnd;
  if (isWhole && language.expression !== undefined && kind.keepsQuotes !== true) {
    if (language.adjacent === true && (/["'][ \t]*$/.test(before) || /^[ \t]*["']/.test(after))) return undefined;
    return { start, end, text: inAttribute(before, language, (kind.whole ?? language.expression)(name)) };
  }
  if (kind.part !== undefined) return { ...found, text: kind.part(name) };
  const left = text.slice(literal.contentStart, found.start);
  const right = text.slice(found.end, literal.contentEnd);
  const rewritten = /^\s*\.\s*format\b/.test(after) ? undefined : kind.rewrite?.(left, name, right);
  if (rewritten !== undefined) return { start, end, text: inAttribute(before, language, rewritten) };
  if (kind.join === undefined || language.expression === undefined) return undefined;
  const quote = text.slice(start, literal.contentStart);
  const parts = [
    ...(left === "" ? [] : [`${quote}${left}${kind.close}`]),
    language.expression(name),
    ...(right === "" ? [] : [`${quote}${right}${kind.close}`]),
  ];
  const joined = parts.join(` ${kind.join} `);
  // What follows would take hold of the last part only.
  return { start, end, text: /^\s*(?:\.\s*\w|\[|\?|->)/.test(after) && kind.join !== "." ? `(${joined})` : joined };
}

function bare(text: string, found: Stretch, language: Language, name: string): Edit | undefined {
  if (language.bare === undefined) return undefined;
  const line = text.slice(text.lastIndexOf("\n", found.start - 1) + 1, found.start).slice(-LOOK_BACK);
  // Braces are the syntax of a list or map that is written on one line.
  if (language.keys === true && (/[[{][^\]}]*$/.test(line) || /^:\s/.test(text.slice(found.end, found.end + 2))))
    return undefined;
  return { ...found, text: language.bare(name) };
}

function inAttribute(before: string, language: Language, expression: string): string {
  const isAttribute = language.attributes === true && /<[A-Za-z][\w.]*(?:\s[^<>]*)?\s[\w:-]+=$/.test(before);
  return isAttribute ? `{${expression}}` : expression;
}

function reference(language: Language, name: string): string {
  return language.expression?.(name) ?? language.bare?.(name) ?? language.strings[0]?.part?.(name) ?? name;
}

/** Characters around a literal that tell what it is used for. */
const LOOK_BACK = 2000;
