import { IS_BASE85, isVaried, MIN_BASE85, saysBase85 } from "./views/base85.ts";

/** Signs that words, paths, URLs, times and numbers hardly have: of random ascii85, every sixth character is one. */
export const BASE85_SIGNS: readonly number[] = [..."!#$'()*+;<>@\\^`"].map((sign) => sign.charCodeAt(0));

export const IS_BASE85_SIGN: Uint8Array = new Uint8Array(256);
for (const sign of BASE85_SIGNS) IS_BASE85_SIGN[sign] = 1;

/** So much of the run around a sign is looked at. */
const BEFORE = 40;
const AFTER = 24;
/** Signs that stand closer share a look. */
const APART = 8;

/** Looks at the run around each sign, once the rest of the run has come: before any of it can be released. */
export class Base85Text {
  #waiting: number[] = [];
  #last = -APART;

  take(at: number): void {
    if (at - this.#last < APART) return;
    this.#last = at;
    this.#waiting.push(at);
  }

  /** Adds a place in each run of ascii85 that says something printable. */
  judge(bytes: Uint8Array, end: number, final: boolean, places: number[]): void {
    let done = 0;
    for (; done < this.#waiting.length; done++) {
      const at = this.#waiting[done]!;
      const last = runEnd(bytes, at, end);
      if (last === end && !final && end - at < AFTER) break;
      if (says(bytes, at, last)) places.push(at);
    }
    if (done > 0) this.#waiting = this.#waiting.slice(done);
  }

  /** The buffer's first `bytes` were dropped. */
  shift(bytes: number): void {
    this.#last -= bytes;
    this.#waiting = this.#waiting.map((at) => at - bytes);
  }
}

function runEnd(bytes: Uint8Array, at: number, end: number): number {
  const stop = Math.min(end, at + AFTER);
  let last = at + 1;
  while (last < stop && IS_BASE85[bytes[last]!] === 1) last++;
  return last;
}

function says(bytes: Uint8Array, at: number, last: number): boolean {
  let first = at;
  while (first > 0 && at - first < BEFORE && IS_BASE85[bytes[first - 1]!] === 1) first--;
  if (last - first < MIN_BASE85 || !isVaried(bytes, first, last)) return false;
  for (let phase = 0; phase < 5; phase++) if (saysBase85(bytes, first + phase, last)) return true;
  return false;
}
