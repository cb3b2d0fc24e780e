import { isDull } from "./dull.ts";
import { addEvidence, EVIDENCE, type Evidence, HASH, newEvidence, nextWindow, SECOND } from "./evidence.ts";
import { CODE, SYMBOL_OF_CODE } from "./fold.ts";
import type { Form } from "./forms.ts";

/** Six symbols are looked up at a time; a run of eight always holds a window that starts at a multiple of three. */
export const GRAM = 6;
export const GRAM_MASK = 0x3fffffff;

/** A form and the secret that it shows. */
export interface SecretForm extends Form {
  readonly secret: number;
  /** Dull stretches are looked for too: the value has hardly others. Only all of it counts. */
  readonly dull: boolean;
}

/**
 * All forms' skeletons one after the other, and where each window of six symbols stands among them. A window and its
 * mirror image have one key, so reversed text costs nothing.
 */
export interface GramIndex {
  readonly forms: readonly SecretForm[];
  /** Codes of `fold.ts`, with a 0 before, between and after the forms. */
  readonly arena: Uint8Array;
  readonly formStart: Int32Array;
  /** Two bits per key, in the word that its hash gives: so few other keys pass that the tables are hardly touched. */
  readonly bits: Int32Array;
  readonly shift: number;
  /** Open addressing: key + 1, and the last arena position with that key. */
  readonly keys: Int32Array;
  readonly heads: Int32Array;
  /** The previous arena position with the same key, or 0. */
  readonly next: Int32Array;
  readonly evidence: Evidence;
}

/** From here on every second window is enough: any eleven symbols in a row still hold a looked-up one. */
const LONG_FORM = 4096;
/** More windows with one key than this come from a prefix that many values share: another window will tell them apart. */
export const MAX_CHAIN = 512;

/** Yields where it may rest. */
export function* buildGramIndex(forms: readonly SecretForm[]): Generator<void, GramIndex> {
  let size = 1;
  for (const form of forms) size += form.text.length + 1;
  const arena = new Uint8Array(size);
  const skip = new Uint8Array(size);
  const formStart = new Int32Array(forms.length + 1);
  let end = 1;
  for (let f = 0; f < forms.length; f++) {
    formStart[f] = end;
    end = append(forms[f]!, arena, skip, end) + 1;
    yield;
  }
  formStart[forms.length] = end;
  const index = allocate(forms, arena.subarray(0, end), formStart, end);
  for (let f = 0; f < forms.length; f++) {
    register(index, skip, formStart[f]!, formStart[f + 1]! - 1, forms[f]!.dull);
    yield;
  }
  skip.fill(0);
  return index;
}

function append(form: SecretForm, arena: Uint8Array, skip: Uint8Array, at: number): number {
  let end = at;
  for (let i = 0; i < form.text.length; i++) {
    const code = CODE[form.text[i]!]!;
    if (code === 0) continue;
    if (form.boilerplate.length > 0 && form.boilerplate.some(([from, to]) => i >= from && i < to)) skip[end] = 1;
    arena[end++] = code;
  }
  return end;
}

function allocate(forms: readonly SecretForm[], arena: Uint8Array, formStart: Int32Array, windows: number): GramIndex {
  const capacity = powerOfTwo(windows * 2, 64);
  const bits = powerOfTwo(windows * 48, 1 << 12, 1 << 24);
  return {
    forms,
    arena,
    formStart,
    bits: new Int32Array(bits >>> 5),
    shift: Math.clz32(bits) + 1,
    keys: new Int32Array(capacity),
    heads: new Int32Array(capacity),
    next: new Int32Array(arena.length),
    evidence: newEvidence(windows),
  };
}

function powerOfTwo(atLeast: number, min: number, max = 1 << 28): number {
  let size = min;
  while (size < atLeast && size < max) size *= 2;
  return size;
}

function register(index: GramIndex, skip: Uint8Array, start: number, end: number, dull: boolean): void {
  const { arena } = index;
  const stride = end - start > LONG_FORM ? 2 : 1;
  let window = 0;
  let mirror = 0;
  let short = 0;
  for (let i = start; i < end; i++) {
    const symbol = SYMBOL_OF_CODE[arena[i]!]!;
    window = ((window << 5) | symbol) & GRAM_MASK;
    mirror = (mirror >>> 5) | (symbol << 25);
    short = nextWindow(short, arena[i]!);
    const from = i - GRAM + 1;
    if (i - EVIDENCE + 1 >= start) addEvidence(index.evidence, short);
    if (from < start || isSkipped(skip, from) || (!dull && isDull(arena, from, i + 1))) continue;
    const nearEdge = from - start < 16 || end - i < 16;
    if (stride === 2 && !nearEdge && (from & 1) === 1) continue;
    insert(index, canonical(window, mirror), from);
  }
}

function isSkipped(skip: Uint8Array, from: number): boolean {
  for (let i = from; i < from + GRAM; i++) if (skip[i] === 0) return false;
  return true;
}

function insert(index: GramIndex, key: number, position: number): void {
  const { keys, heads, next } = index;
  const mask = keys.length - 1;
  let slot = slotOf(key, mask);
  while (keys[slot] !== 0 && keys[slot] !== key + 1) slot = (slot + 1) & mask;
  keys[slot] = key + 1;
  next[position] = heads[slot]!;
  heads[slot] = position;
  const product = Math.imul(key, HASH);
  const at = product >>> index.shift;
  index.bits[at >>> 5]! |= (1 << (at & 31)) | (1 << ((product >>> SECOND) & 31));
}

/** The smaller of a window and its mirror image, without a branch to mispredict. */
export function canonical(window: number, mirror: number): number {
  const difference = window - mirror;
  return mirror + (difference & (difference >> 31));
}

function slotOf(key: number, mask: number): number {
  const mixed = Math.imul(key ^ (key >>> 15), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) & mask;
}

/** The last arena position whose window has this key, or 0; follow `next` for the others. */
export function headOf(index: GramIndex, key: number): number {
  const product = Math.imul(key, HASH);
  const at = product >>> index.shift;
  const word = index.bits[at >>> 5]!;
  if (((word >>> (at & 31)) & (word >>> ((product >>> SECOND) & 31)) & 1) === 0) return 0;
  const { keys } = index;
  const mask = keys.length - 1;
  for (let slot = slotOf(key, mask); keys[slot] !== 0; slot = (slot + 1) & mask) {
    if (keys[slot] === key + 1) return index.heads[slot]!;
  }
  return 0;
}

export function formAt(index: GramIndex, position: number): number {
  const { formStart } = index;
  let low = 0;
  let high = formStart.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (formStart[middle]! <= position) low = middle;
    else high = middle;
  }
  return low;
}
