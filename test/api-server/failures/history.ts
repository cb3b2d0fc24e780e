import { createHash } from "node:crypto";

/** One call on an environment as its client saw it. Times are of one clock. */
export interface Seen {
  readonly start: number;
  readonly end: number;
  /** "read": this was the newest; "write": this is what was written; "conflict": another one was there. */
  readonly kind: "read" | "write" | "conflict";
  readonly counter: number;
  /** Of the manifest that was read or written. */
  readonly head?: string;
}

export interface Verdict {
  /** Acknowledged writes that are not in the chain at their place. */
  readonly lost: number;
  /** Calls that began after another one had ended, and saw or made something older than it. */
  readonly disordered: number;
  /** Places of the chain that don't follow the one before. */
  readonly broken: number;
}

/**
 * Whether a history could be that of one register with one order: linearizability. The counter gives the order, so it
 * need not be searched for. `chain` has every head that the server holds, from counter 1 on.
 */
export function judge(history: readonly Seen[], chain: readonly string[]): Verdict {
  const writes = history.filter(({ kind }) => kind === "write");
  const taken = new Set<number>();
  let [lost, disordered, broken] = [0, 0, 0];
  for (const { counter, head } of writes) {
    if (chain[counter - 1] !== head || taken.has(counter)) lost++;
    taken.add(counter);
  }
  for (const [at, head] of chain.entries()) {
    const previous = at === 0 ? Buffer.alloc(32) : hashOf(chain[at - 1]!);
    if (!Buffer.from(head, "base64url").subarray(65, 97).equals(previous)) broken++;
  }
  const byStart = [...history].sort((a, b) => a.start - b.start);
  const byEnd = [...history].sort((a, b) => a.end - b.end);
  let [ended, newest] = [0, 0];
  for (const call of byStart) {
    while (ended < byEnd.length && byEnd[ended]!.end < call.start) newest = Math.max(newest, byEnd[ended++]!.counter);
    const least = call.kind === "write" ? newest + 1 : newest;
    const isKnown = call.kind !== "read" || chain[call.counter - 1] === call.head;
    if (call.counter < least || !isKnown) disordered++;
  }
  return { lost, disordered, broken };
}

function hashOf(head: string): Buffer {
  return createHash("sha256").update(Buffer.from(head, "base64url")).digest();
}
