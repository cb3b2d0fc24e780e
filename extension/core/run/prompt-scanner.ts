/** P = a prompt begins (the last command's exit code may follow), Q = it is complete, C = that of a further line is. */
export type PromptMarkKind = "P" | "Q" | "C";

export type PromptToken =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "mark"; readonly mark: PromptMarkKind; readonly exitCode: number | undefined };

/**
 * A mark inside a prompt: an operating-system command that no terminal knows, with a random nonce, so that no program
 * prints it by accident and none that doesn't read the shell's variables prints it on purpose.
 */
export function promptMark(nonce: string, kind: PromptMarkKind, rest: string): string {
  return `\u001b]${OSC};${nonce};${kind}${rest}\u0007`;
}

const OSC = 6973;

/** Takes the marks out of a shell's output. Keeps back only what may be the beginning of a mark. */
export class PromptScanner {
  readonly #opening: Buffer;
  #pending: Buffer = Buffer.alloc(0);

  constructor(nonce: string) {
    this.#opening = Buffer.from(`\u001b]${OSC};${nonce};`);
  }

  push(chunk: Uint8Array): readonly PromptToken[] {
    const bytes = Buffer.concat([this.#pending, chunk]);
    this.#pending = Buffer.alloc(0);
    const tokens: PromptToken[] = [];
    let from = 0;
    const emit = (to: number): void => {
      if (to > from) tokens.push({ kind: "bytes", bytes: bytes.subarray(from, to) });
      from = to;
    };
    while (true) {
      const start = bytes.indexOf(this.#opening, from);
      if (start < 0) break;
      emit(start);
      const body = bytes.subarray(start + this.#opening.length, start + this.#opening.length + LONGEST_BODY);
      const match = /^([PQC])(\d{0,3})\u0007/.exec(body.toString("latin1"));
      if (match !== null) {
        const [whole, mark, code] = match;
        tokens.push({ kind: "mark", mark: mark as PromptMarkKind, exitCode: code === "" ? undefined : Number(code) });
        from = start + this.#opening.length + whole.length;
      } else if (body.length < LONGEST_BODY && !body.includes(7)) {
        this.#pending = Buffer.from(bytes.subarray(start));
        return tokens;
      } else {
        emit(start + this.#opening.length); // not of our making: somebody printed the nonce
      }
    }
    const end = bytes.length - this.#beginningAtEnd(bytes.subarray(from));
    emit(end);
    this.#pending = Buffer.from(bytes.subarray(end));
    return tokens;
  }

  /** The rest, at the end of the stream. */
  end(): Uint8Array {
    const rest = this.#pending;
    this.#pending = Buffer.alloc(0);
    return rest;
  }

  /** How many bytes at the end may be the first ones of a mark. */
  #beginningAtEnd(bytes: Buffer): number {
    const start = bytes.lastIndexOf(0x1b);
    const tail = start < 0 ? undefined : bytes.subarray(start);
    if (tail === undefined || tail.length >= this.#opening.length) return 0;
    return this.#opening.subarray(0, tail.length).equals(tail) ? tail.length : 0;
  }
}

const LONGEST_BODY = 5;
