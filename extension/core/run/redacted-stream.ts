import type { Readable } from "node:stream";
import type { Redactor } from "../redact/matcher.ts";

/** Where redacted bytes go. A promise holds the child back until it resolves, and closes its pipe if it rejects. */
export type Sink = (bytes: Uint8Array) => void | Promise<void>;

export interface Pump {
  /** Resolves at the end of the stream, also when it was destroyed; rejects if redaction fails. */
  readonly done: Promise<void>;
  /** Milliseconds since the last byte came; 0 while the sink is busy. */
  idleMs(): number;
  /** Takes no more bytes in, and forgets those held back: the cut may have fallen inside a value. */
  cut(): void;
}

/**
 * Moves one stream of the child through its own redactor. Held-back bytes come out at the end of the stream only.
 * `onRead` hears of each chunk after it was redacted: its size, and the milliseconds that redaction took.
 */
export function pump(
  stream: Readable,
  redactor: Redactor,
  sink: Sink,
  onRead: (bytes: number, redactMs: number) => void,
): Pump {
  let lastByte = performance.now();
  let isBusy = false;
  let isCut = false;

  const give = async (bytes: Uint8Array): Promise<void> => {
    if (bytes.length === 0) return;
    const taken = sink(bytes);
    if (taken === undefined) return;
    isBusy = true;
    try {
      await taken;
    } catch {
      // Nobody reads any more (`… | head`): the child is told so in the usual way, by a broken pipe.
      isCut = true;
      stream.destroy();
    }
    isBusy = false;
    lastByte = performance.now();
  };

  const run = async (): Promise<void> => {
    for await (const chunk of untilClosed(stream)) {
      lastByte = performance.now();
      if (isCut) continue;
      const redacted = redactor.push(chunk);
      onRead(chunk.length, performance.now() - lastByte);
      if (!isCut) await give(redacted);
    }
    if (!isCut) await give(redactor.end());
  };

  return {
    done: run(),
    idleMs: () => (isBusy ? 0 : performance.now() - lastByte),
    cut: () => {
      isCut = true;
    },
  };
}

/** A pipe that we destroyed, or that broke, ended where it ended. */
async function* untilClosed(stream: Readable): AsyncGenerator<Buffer> {
  const iterator = stream.iterator({ destroyOnReturn: true });
  while (true) {
    let step: IteratorResult<Buffer>;
    try {
      step = await iterator.next();
    } catch {
      return;
    }
    if (step.done === true) return;
    yield step.value;
  }
}
