/** What a process and its PTY host say to each other over two pipes: a kind, a length, and bytes. */
export type FrameKind = "open" | "opened" | "failed" | "data" | "resize" | "pause" | "resume" | "exit";

const KINDS: readonly FrameKind[] = ["open", "opened", "failed", "data", "resize", "pause", "resume", "exit"];

export function encodeFrame(kind: FrameKind, payload: Uint8Array | object = new Uint8Array()): Buffer {
  const bytes = payload instanceof Uint8Array ? payload : Buffer.from(JSON.stringify(payload));
  const frame = Buffer.alloc(5 + bytes.length);
  frame[0] = KINDS.indexOf(kind);
  frame.writeUInt32BE(bytes.length, 1);
  frame.set(bytes, 5);
  return frame;
}

/** Cuts a stream into frames. Both ends are ours, so a kind that is unknown is a bug. */
export function frameReader(onFrame: (kind: FrameKind, payload: Buffer) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= 5) {
      const end = 5 + pending.readUInt32BE(1);
      if (pending.length < end) return;
      const kind = KINDS[pending[0]!];
      if (kind === undefined) throw new Error("A PTY host sent a frame of unknown kind.");
      const payload = pending.subarray(5, end);
      pending = pending.subarray(end);
      onFrame(kind, payload);
    }
  };
}
