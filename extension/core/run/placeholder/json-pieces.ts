import { Transform } from "node:stream";
import { visit } from "jsonc-parser";
import type { AnswerWatch } from "./answer-watch.ts";
import { guarded } from "./guarded.ts";
import { maskJoined } from "./joined-texts.ts";

/**
 * A value in pieces, one in each element of a list: the strings of a JSON text are also searched as one, all of them,
 * those of fields with the same name, and the names. Text by text, so that a stream of them isn't held up; one over
 * `MAX_TEXT` passes without this.
 */
export function maskingPieces(watch: AnswerWatch): Transform {
  const end = new TextEnd();
  let held: Buffer[] = [];
  let length = 0;
  const release = (): Buffer => {
    const text = Buffer.concat(held);
    held = [];
    length = 0;
    return text.length > MAX_TEXT ? text : Buffer.from(maskPieces(watch, text.toString("latin1")), "latin1");
  };
  return new Transform({
    transform: guarded((chunk: Buffer) => {
      const out: Buffer[] = [];
      let from = 0;
      for (let at = end.in(chunk, 0); at !== undefined; at = end.in(chunk, from)) {
        held.push(chunk.subarray(from, at));
        out.push(release());
        from = at;
      }
      held.push(chunk.subarray(from));
      length += chunk.length - from;
      if (length > MAX_TEXT) out.push(release());
      return Buffer.concat(out);
    }),
    flush: (done) => guarded(release)(undefined, undefined, done),
  });
}

const MAX_TEXT = 1024 * 1024;

/** Where a JSON text that is an object or a list ends. */
class TextEnd {
  #depth = 0;
  #inString = false;
  #isEscaped = false;

  /** The place after its last bracket, at or after `from`; undefined = it goes on. */
  in(bytes: Uint8Array, from: number): number | undefined {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (this.#isEscaped) this.#isEscaped = false;
      else if (this.#inString && byte === 0x5c) this.#isEscaped = true;
      else if (byte === 0x22) this.#inString = !this.#inString;
      else if (!this.#inString && (byte === 0x7b || byte === 0x5b)) this.#depth++;
      else if (!this.#inString && (byte === 0x7d || byte === 0x5d) && --this.#depth <= 0) {
        this.#depth = 0;
        return at + 1;
      }
    }
    return undefined;
  }
}

interface Piece {
  readonly text: string;
  readonly offset: number;
  readonly length: number;
}

function maskPieces(watch: AnswerWatch, json: string): string {
  const groups = new Map<string, Piece[]>([
    [STRINGS, []],
    [NAMES, []],
  ]);
  const add = (group: string, piece: Piece): void => {
    const pieces = groups.get(group) ?? [];
    groups.set(group, pieces);
    pieces.push(piece);
  };
  let field = "";
  visit(json, {
    onObjectProperty: (text, offset, length) => {
      field = text;
      add(NAMES, { text, offset, length });
    },
    onLiteralValue: (value: unknown, offset, length) => {
      if (typeof value !== "string") return;
      add(STRINGS, { text: value, offset, length });
      add(`field ${field}`, { text: value, offset, length });
    },
  });
  const masked = new Map<number, { readonly piece: Piece; readonly text: string }>();
  const all = [...groups.values()].flatMap((pieces) => [...pieces, BETWEEN]);
  const texts = maskJoined(
    watch,
    all.map(({ text }) => text),
  );
  all.forEach((piece, i) => {
    if (piece !== BETWEEN && texts[i] !== piece.text) masked.set(piece.offset, { piece, text: texts[i]! });
  });
  const ordered = [...masked.values()].sort((one, other) => one.piece.offset - other.piece.offset);
  let out = "";
  let at = 0;
  for (const { piece, text } of ordered) {
    out += json.slice(at, piece.offset) + JSON.stringify(text);
    at = piece.offset + piece.length;
  }
  return out + json.slice(at);
}

const STRINGS = "strings";
const NAMES = "names";
const BETWEEN: Piece = { text: "\n\n", offset: 0, length: 0 };
