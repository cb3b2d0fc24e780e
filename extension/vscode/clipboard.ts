import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** VS Code's clipboard, or a test's. */
export interface Clipboard {
  readText(): PromiseLike<string>;
  writeText(text: string): PromiseLike<void>;
}

/**
 * Puts values on the clipboard for a short while. It is emptied only if it still holds the value: what the person has
 * copied since then is theirs. The value itself is not kept to find that out, only an HMAC under a key of the moment.
 */
export class SecretClipboard {
  readonly #clipboard: Clipboard;
  readonly #keepMs: number;
  #held: { readonly key: Buffer; readonly mark: Buffer } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(clipboard: Clipboard, keepMs = KEEP_MS) {
    this.#clipboard = clipboard;
    this.#keepMs = keepMs;
  }

  async copy(value: string): Promise<void> {
    await this.#clipboard.writeText(value);
    this.clearSoon(value);
  }

  /** Empties the clipboard after the usual time, of a value that the person put there. */
  clearSoon(value: string | Uint8Array): void {
    const key = randomBytes(32);
    this.#held = { key, mark: markOf(key, value) };
    this.#startTimer(this.#keepMs);
  }

  /** Empties the clipboard now, if it still holds a value from here. */
  async clear(): Promise<void> {
    const held = this.#held;
    if (held === undefined) return;
    clearTimeout(this.#timer);
    try {
      const isStillThere = timingSafeEqual(markOf(held.key, await this.#clipboard.readText()), held.mark);
      // Another value may have been copied while this was read.
      if (held !== this.#held) return;
      if (isStillThere) await this.#clipboard.writeText("");
      if (held === this.#held) this.#held = undefined;
    } catch {
      // A browser gives its clipboard only to a page that has the focus.
      if (held === this.#held) this.#startTimer(RETRY_MS);
    }
  }

  #startTimer(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.clear(), ms);
    this.#timer.unref();
  }
}

function markOf(key: Buffer, text: string | Uint8Array): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

const KEEP_MS = 30_000;
const RETRY_MS = 2_000;
