import { ROTATED } from "./fold.ts";

/** Fewer letters and digits than this before a line's end are no reason to hold the line back. */
export const EVIDENCE = 5;
const BITS = 6;
const CODE_MASK = (1 << BITS) - 1;
const MASK = 2 ** (BITS * EVIDENCE) - 1;
/** 2^32 divided by the golden ratio: multiplied with it, keys spread over the upper bits. */
export const HASH = 0x9e3779b1;
/** Where in the product the number of the second bit stands. */
export const SECOND = 7;

/**
 * The windows of five codes (see `fold.ts`) of all forms, two bits for each in two words that its hash gives: one window
 * in thousands that is none of them passes for one, and a line that ends with it waits for the next.
 */
export interface Evidence {
  readonly bits: Int32Array;
  readonly shift: number;
}

export function newEvidence(windows: number): Evidence {
  let size = 1 << 12;
  while (size < windows * 64 && size < 1 << 25) size *= 2;
  return { bits: new Int32Array(size >>> 5), shift: Math.clz32(size) + 1 };
}

/** The window after one more code. */
export function nextWindow(window: number, code: number): number {
  return ((window << BITS) | code) & MASK;
}

export function addEvidence(evidence: Evidence, window: number): void {
  const product = hash(window);
  set(evidence, product);
  set(evidence, again(product));
}

export function hasEvidence(evidence: Evidence, window: number): boolean {
  const product = hash(window);
  return isSet(evidence, product) && isSet(evidence, again(product));
}

function set(evidence: Evidence, product: number): void {
  evidence.bits[wordOf(evidence, product)]! |= bitsOf(evidence, product);
}

function isSet(evidence: Evidence, product: number): boolean {
  const wanted = bitsOf(evidence, product);
  return (evidence.bits[wordOf(evidence, product)]! & wanted) === wanted;
}

function wordOf({ shift }: Evidence, product: number): number {
  return (product >>> shift) >>> 5;
}

function bitsOf({ shift }: Evidence, product: number): number {
  return (1 << ((product >>> shift) & 31)) | (1 << ((product >>> SECOND) & 31));
}

function again(product: number): number {
  return Math.imul(product ^ (product >>> 15), HASH);
}

/** One for a window as it is, backwards, in rot13, and both. */
function hash(window: number): number {
  let mirror = 0;
  let rotated = 0;
  let both = 0;
  for (let k = 0; k < EVIDENCE; k++) {
    const code = (window >>> (BITS * k)) & CODE_MASK;
    mirror = (mirror << BITS) | code;
    rotated |= ROTATED[code]! << (BITS * k);
    both = (both << BITS) | ROTATED[code]!;
  }
  return Math.imul(Math.min(window, mirror, rotated, both), HASH);
}
