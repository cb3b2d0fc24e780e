import type { Path } from "./leaked-walk.ts";

/** Why not everything was looked at. */
export type Incomplete = "time" | "too many files" | "too large" | "unreadable";

export interface LeakLimits {
  readonly ms: number;
  /** Files and folders that are looked at, changed or not. */
  readonly entries: number;
  /** Bytes read of one file, and of all. */
  readonly fileBytes: number;
  readonly totalBytes: number;
  /** Bytes that come out of one piece of compressed data, and of all. */
  readonly unpackedBytes: number;
  readonly totalUnpackedBytes: number;
}

const MIB = 1024 * 1024;

export const LIMITS: LeakLimits = {
  ...{ ms: 2_000, entries: 200_000, fileBytes: 16 * MIB, totalBytes: 128 * MIB },
  ...{ unpackedBytes: 16 * MIB, totalUnpackedBytes: 64 * MIB },
};

/** What a scan may still cost. The first limit that is reached is the one that is told. */
export class Budget {
  readonly #limits: LeakLimits;
  readonly #deadline: number;
  readonly #unread = new Map<string, Path>();
  #entries = 0;
  #bytes = 0;
  #unpacked = 0;
  stopped: Incomplete | undefined;
  /** True: look at nothing more. */
  isSpent = false;

  constructor(limits: LeakLimits) {
    this.#limits = limits;
    this.#deadline = performance.now() + limits.ms;
  }

  /** What could not be looked at, or not wholly; a few of many. */
  get unread(): readonly Path[] {
    return [...this.#unread.values()];
  }

  stop(why: Incomplete): void {
    this.stopped ??= why;
    this.isSpent = true;
  }

  /** One thing isn't looked at, but what follows is. */
  skip(why: Incomplete, path: Path): void {
    this.stopped ??= why;
    if (this.#unread.size < MAX_UNREAD) this.#unread.set(path.toString("latin1"), path);
  }

  entry(): void {
    if (++this.#entries > this.#limits.entries) this.stop("too many files");
    else if (performance.now() > this.#deadline) this.stop("time");
  }

  /** How much of a file may be read, from `at` on; 0 = no more of it. */
  grant(at: number, wanted: number, path: Path): number {
    if (performance.now() > this.#deadline) this.stop("time");
    else if (this.#bytes >= this.#limits.totalBytes) this.stop("too large");
    else if (at >= this.#limits.fileBytes) this.skip("too large", path);
    else {
      const granted = Math.min(wanted, this.#limits.fileBytes - at, this.#limits.totalBytes - this.#bytes);
      this.#bytes += granted;
      return granted;
    }
    return 0;
  }

  /** How much may come out of one piece of compressed data; 0 = no more is unpacked. */
  grantUnpacked(path: Path): number {
    if (performance.now() > this.#deadline) this.stop("time");
    else if (this.#unpacked >= this.#limits.totalUnpackedBytes) this.skip("too large", path);
    else return Math.min(this.#limits.unpackedBytes, this.#limits.totalUnpackedBytes - this.#unpacked);
    return 0;
  }

  /** Whether there is time to look at so many bytes of what came out. */
  unpacked(bytes: number): boolean {
    this.#unpacked += bytes;
    if (performance.now() > this.#deadline) this.stop("time");
    return !this.isSpent;
  }
}

const MAX_UNREAD = 20;
