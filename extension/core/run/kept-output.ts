/**
 * Keeps the beginning and the end of a stream of redacted bytes, because a program tells what it does first and what
 * went wrong last. A cut never falls inside a placeholder or a UTF-8 character.
 */
export class KeptOutput {
  readonly #headLimit: number;
  readonly #tailLimit: number;
  readonly #head: Uint8Array[] = [];
  #headLength = 0;
  #tail: Uint8Array[] = [];
  #tailLength = 0;
  #total = 0;

  constructor(limit: number) {
    this.#headLimit = Math.ceil(limit / 2);
    this.#tailLimit = limit - this.#headLimit;
  }

  push(bytes: Uint8Array): void {
    this.#total += bytes.length;
    const toHead = Math.min(bytes.length, this.#headLimit - this.#headLength);
    if (toHead > 0) this.#head.push(bytes.slice(0, toHead));
    this.#headLength += toHead;
    if (toHead === bytes.length) return;
    this.#tail.push(bytes.slice(toHead));
    this.#tailLength += bytes.length - toHead;
    if (this.#tailLength > 2 * (this.#tailLimit + LONGEST_PLACEHOLDER)) this.#dropOldTail();
  }

  /** What was kept, with a line in between that says how much is missing. */
  result(): { readonly bytes: Buffer; readonly truncated: boolean } {
    const head = Buffer.concat(this.#head);
    const tail = Buffer.concat(this.#tail);
    if (this.#total <= this.#headLimit + this.#tailLimit)
      return { bytes: Buffer.concat([head, tail]), truncated: false };
    const kept = head.subarray(0, safeEnd(head));
    // The head's last bytes go in front: a placeholder may begin there.
    const joined =
      this.#total === head.length + tail.length ? Buffer.concat([head.subarray(-LONGEST_PLACEHOLDER), tail]) : tail;
    const rest = joined.subarray(safeStart(joined, Math.max(0, joined.length - this.#tailLimit)));
    const missing = this.#total - kept.length - rest.length;
    const note = `\n[… ${missing.toLocaleString("en")} bytes left out …]\n`;
    return { bytes: Buffer.concat([kept, Buffer.from(note), rest]), truncated: true };
  }

  #dropOldTail(): void {
    const all = Buffer.concat(this.#tail);
    const kept = all.subarray(-(this.#tailLimit + LONGEST_PLACEHOLDER));
    this.#tail = [Buffer.from(kept)];
    this.#tailLength = kept.length;
  }
}

const OPENING = "[redacted:";
const LONGEST_PLACEHOLDER = OPENING.length + 128 + 1;

/** The end of `bytes`, moved before a placeholder or character that is not complete. */
function safeEnd(bytes: Buffer): number {
  const open = bytes.lastIndexOf("[");
  if (open >= 0 && bytes.length - open < LONGEST_PLACEHOLDER) {
    const text = bytes.toString("latin1", open);
    if (OPENING.startsWith(text) || /^\[redacted:\w*$/.test(text)) return open;
  }
  let end = bytes.length;
  while (end > 0 && bytes.length - end < 3 && (bytes[end - 1]! & 0xc0) === 0x80) end--;
  const first = end > 0 ? bytes[end - 1]! : 0;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  return first >= 0xc0 && end - 1 + length > bytes.length ? end - 1 : bytes.length;
}

/** `start`, moved behind a placeholder or character that began before it. */
function safeStart(bytes: Buffer, start: number): number {
  const from = Math.max(0, start - LONGEST_PLACEHOLDER);
  const open = bytes.subarray(from, start).lastIndexOf("[");
  if (open >= 0) {
    const text = bytes.toString("latin1", from + open, from + open + LONGEST_PLACEHOLDER);
    const whole = /^\[redacted:\w+\]/.exec(text)?.[0].length ?? 0;
    if (from + open + whole > start) return from + open + whole;
  }
  let moved = start;
  while (moved < bytes.length && moved - start < 3 && (bytes[moved]! & 0xc0) === 0x80) moved++;
  return moved;
}
