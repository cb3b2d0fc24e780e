import type { TransformCallback } from "node:stream";

/** A step of a stream: what can't be searched is not passed on, and the error holds nothing of it. */
export function guarded<Chunk>(step: (chunk: Chunk) => Uint8Array) {
  return (chunk: Chunk, _encoding: unknown, done: TransformCallback): void => {
    let masked: Uint8Array;
    try {
      masked = step(chunk);
    } catch {
      done(new Error("What was sent or answered could not be searched."));
      return;
    }
    done(null, masked);
  };
}
