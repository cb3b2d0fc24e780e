/** The bytes that are not released yet, and some released ones before them as context. */
export class StreamBuffer {
  bytes: Uint8Array = new Uint8Array(0);
  length = 0;
  readonly #context: number;

  constructor(context: number) {
    this.#context = context;
  }

  /** Appends, after dropping what lies further than the context before `start`. Returns how many bytes it dropped. */
  append(more: Uint8Array, start: number): number {
    const needed = this.length + more.length;
    const spare = Math.max(0, start - this.#context);
    const full = needed > this.bytes.length;
    const drop = full || spare > 1 << 18 ? spare : 0;
    if (needed - drop > this.bytes.length) {
      const grown = new Uint8Array(Math.max(1 << 12, (needed - drop) * 2));
      grown.set(this.bytes.subarray(drop, this.length));
      this.bytes.fill(0);
      this.bytes = grown;
    } else if (drop > 0) this.bytes.copyWithin(0, drop, this.length);
    this.length -= drop;
    this.bytes.set(more, this.length);
    this.length += more.length;
    return drop;
  }

  wipe(): void {
    this.bytes.fill(0);
    this.length = 0;
  }
}
