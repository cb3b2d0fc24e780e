import { type Decoded, nearChanges, sourceStart, type View, within } from "../view.ts";
import { readColumns } from "./columns.ts";
import { decodings, rearrangements, unescapings } from "./decoders.ts";
import { dumpLines, isDump, readDumps } from "./dumps.ts";
import { compressedIn, isCompressed } from "./inflated.ts";
import { withoutTags } from "./markup.ts";
import { textOnly } from "./radix.ts";

/** How many layers of each kind may still be undone. */
export interface Depth {
  /** Encodings of bytes, and texts shown in pieces. */
  readonly encodings: number;
  readonly escapes: number;
  readonly inflations: number;
}

/** All views together, so that no input makes the decoders' work explode. */
const MAX_VIEWS = 400;
const MAX_WORK = 1 << 22;

/**
 * Gives each text that `root` may be an encoding of to `use`, what takes few steps before what takes many: an input
 * that decodes to endless nonsense uses up the views, but not before its simple readings were seen.
 */
export function eachNested(root: View, depth: Depth, use: (view: View) => void): void {
  const seen = new Set([latin1(root.bytes)]);
  const queue: Layer[] = [{ view: root, left: depth, kind: "text" }];
  let work = MAX_WORK;
  for (let n = 0; n < queue.length; n++) {
    const outer = queue[n]!;
    for (const { decoded, left, kind } of layersOf(outer)) {
      work -= decoded.bytes.length;
      if (work < 0) return;
      const view = within(outer.view, decoded);
      if (kind === "last") {
        use(view);
        continue;
      }
      const content = `${sourceStart(view, 0)} ${latin1(decoded.bytes)}`;
      if (seen.has(content)) continue;
      if (seen.size >= MAX_VIEWS) return;
      seen.add(content);
      if (kind !== "searched") use(view);
      queue.push({ view, left, kind });
    }
  }
}

interface Layer {
  readonly view: View;
  readonly left: Depth;
  readonly kind: Kind;
}

/** `last`: is searched and not decoded further. `searched`: the other way round. `binary`: holds compressed data. */
type Kind = "text" | "last" | "searched" | "binary";

interface NextLayer {
  readonly decoded: Decoded;
  readonly left: Depth;
  readonly kind: Kind;
}

function* layersOf({ view: { bytes }, left, kind }: Layer): Generator<NextLayer> {
  if (left.inflations > 0) {
    for (const decoded of compressedIn(bytes)) {
      yield { decoded, left: { ...left, inflations: left.inflations - 1 }, kind: "text" };
    }
  }
  if (kind === "binary") return;
  const inner = { ...left, encodings: left.encodings - 1 };
  const dump = left.encodings > 0 ? dumpLines(bytes) : [];
  if (isDump(bytes, dump)) {
    yield* readings(readDumps(bytes, dump), inner);
    // A mark in one of its lines.
    const plain = withoutTags(bytes);
    if (left.escapes > 0 && plain !== undefined) yield* changes([plain], { ...left, escapes: left.escapes - 1 });
    return;
  }
  if (left.escapes > 0) yield* changes(unescapings(bytes), { ...left, escapes: left.escapes - 1 });
  if (left.encodings > 0) yield* changes(rearrangements(bytes), inner);
  for (const decoded of readColumns(bytes)) yield { decoded, left, kind: "last" };
  if (left.encodings > 0) yield* readings(decodings(bytes, dump), inner);
}

/** Further than this from a change, text is as it was: encodings that need more are not found behind a single escape. */
const NEAR = 1024;

function* changes(all: readonly Decoded[], left: Depth): Generator<NextLayer> {
  for (const decoded of all) yield { decoded: nearChanges(decoded, NEAR), left, kind: "text" };
}

/** Bytes that an encoding stood for are searched as they are; only what is text in them may be encoded once more. */
function* readings(all: readonly Decoded[], left: Depth): Generator<NextLayer> {
  for (const decoded of all) {
    const text = textOnly(decoded);
    if (text.bytes.length >= decoded.bytes.length) {
      yield { decoded, left, kind: "text" };
      continue;
    }
    yield { decoded, left, kind: "last" };
    if (text.bytes.length > 0) yield { decoded: text, left, kind: "searched" };
    if (isCompressed(decoded.bytes)) yield { decoded, left, kind: "binary" };
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
