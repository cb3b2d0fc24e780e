import { createScanner, type Node, type ParseError, parseTree } from "jsonc-parser";
import { fileText } from "./file-text.ts";
import { badFile } from "./found-secret.ts";

/** JSON as it was written: a number keeps its digits, and a name that comes twice is seen. */
export type JsonValue =
  | { readonly kind: "object"; readonly entries: ReadonlyMap<string, JsonValue> }
  | { readonly kind: "array"; readonly items: readonly JsonValue[] }
  | { readonly kind: "text"; readonly text: string }
  /** A number, true or false, by its letters in the file: 0.10 must not become 0.1. */
  | { readonly kind: "plain"; readonly text: string }
  | { readonly kind: "null" };

/** One value, or several one behind the other, as `op` prints them (RFC 8259). */
export function readJson(bytes: Uint8Array): readonly JsonValue[] {
  const text = fileText(bytes);
  const values: JsonValue[] = [];
  let start = 0;
  for (const end of endsOf(text)) {
    const errors: ParseError[] = [];
    const part = text.slice(start, end);
    const node = parseTree(part, errors, { disallowComments: true });
    const error = errors[0];
    if (node === undefined || error !== undefined) throw notJson(text, start + (error?.offset ?? 0));
    values.push(jsonValue(node, part));
    start = end;
  }
  if (values.length === 0) throw badFile("is empty.");
  return values;
}

/** Where each value of the outermost level ends. The parser would stop after the first. */
function endsOf(text: string): readonly number[] {
  const scanner = createScanner(text, true);
  const ends: number[] = [];
  let depth = 0;
  for (let token = scanner.scan(); token !== END; token = scanner.scan()) {
    if (token === OPEN_BRACE || token === OPEN_BRACKET) depth++;
    if (token === CLOSE_BRACE || token === CLOSE_BRACKET) depth--;
    if (depth > MAX_DEPTH) throw badFile("is nested too deeply.");
    if (depth <= 0) ends.push(scanner.getTokenOffset() + scanner.getTokenLength());
    if (depth < 0) throw notJson(text, scanner.getTokenOffset());
  }
  if (depth > 0) throw notJson(text, text.length);
  return ends;
}

function jsonValue(node: Node, text: string): JsonValue {
  switch (node.type) {
    case "object":
      return { kind: "object", entries: entriesOf(node, text) };
    case "array":
      return { kind: "array", items: (node.children ?? []).map((child) => jsonValue(child, text)) };
    case "string":
      return { kind: "text", text: wellFormed(String(node.value)) };
    case "null":
      return { kind: "null" };
    case "number":
    case "boolean":
      return { kind: "plain", text: text.slice(node.offset, node.offset + node.length) };
    case "property":
      throw new TypeError("A property is no value."); // the parser puts them into objects only
  }
}

function entriesOf(node: Node, text: string): ReadonlyMap<string, JsonValue> {
  const entries = new Map<string, JsonValue>();
  for (const { children } of node.children ?? []) {
    const [key, value] = children ?? [];
    const name = wellFormed(String(key?.value));
    if (value === undefined) throw notJson(text, node.offset);
    if (entries.has(name)) throw badFile(`has the name ${JSON.stringify(name)} twice in one object. Keep one of them.`);
    entries.set(name, jsonValue(value, text));
  }
  return entries;
}

/** A lone surrogate has no UTF-8, so it would be stored as another value. */
function wellFormed(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw badFile("holds a broken \\u escape: a lone surrogate. Export it again.");
  return text;
}

/** By the place only: what a parser says of an error quotes the text. */
function notJson(text: string, offset: number): Error {
  return badFile(`is not JSON; see line ${text.slice(0, offset).split("\n").length}. Is it cut, or of another format?`);
}

// jsonc-parser's SyntaxKind is a const enum, which type stripping can't read.
const OPEN_BRACE = 1;
const CLOSE_BRACE = 2;
const OPEN_BRACKET = 3;
const CLOSE_BRACKET = 4;
const END = 17;
const MAX_DEPTH = 100;
