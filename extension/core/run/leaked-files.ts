import { type Matcher, redactText } from "../redact/matcher.ts";
import { namesInFile, namesInText } from "./leaked-content.ts";
import { type ChangedEntry, changedEntries } from "./leaked-walk.ts";

/** A file that a run left a value in, where a later read would show it. */
export interface LeakedFile {
  /** Below the working folder; with values in it redacted, since a file's name can hold one too. */
  readonly path: string;
  readonly names: readonly string[];
}

export interface LeakScan {
  readonly files: readonly LeakedFile[];
  /** Why not everything was looked at; undefined = it was. */
  readonly incomplete?: "time" | "too many files" | "too large" | "unreadable";
}

export interface LeakLimits {
  readonly ms: number;
  /** Files and folders that are looked at, changed or not. */
  readonly entries: number;
  /** Bytes read of one file, and of all. */
  readonly fileBytes: number;
  readonly totalBytes: number;
}

/**
 * The files below `cwd` that were changed since `since` (ms since 1970) and hold a value. Every file counts, ignored by
 * git or not: an agent reads those too. By the time of change that the system keeps, which a program can't set back.
 * Not seen: files elsewhere, on other file systems, and what a program has encrypted or packed in its own way.
 */
export async function findLeakedFiles(
  cwd: string,
  since: number,
  matcher: Matcher,
  limits: Partial<LeakLimits> = {},
): Promise<LeakScan> {
  const budget = new Budget({ ...LIMITS, ...limits });
  const files: LeakedFile[] = [];
  for await (const entry of changedEntries(cwd, since - CLOCK_SLACK_MS, budget)) {
    const names = new Set([...namesInText(matcher, entry.path), ...(await namesInside(entry, matcher, budget))]);
    if (names.size === 0) continue;
    files.push({ path: redactText(matcher, entry.path.toString()), names: [...names].sort() });
    if (files.length >= MAX_FOUND) budget.stop("too many files");
  }
  return { files, ...(budget.stopped === undefined ? {} : { incomplete: budget.stopped }) };
}

/** What a scan may still cost. The first limit that is reached is the one that is told. */
export class Budget {
  readonly #limits: LeakLimits;
  readonly #deadline: number;
  #entries = 0;
  #bytes = 0;
  stopped: LeakScan["incomplete"];
  /** True: look at nothing more. */
  isSpent = false;

  constructor(limits: LeakLimits) {
    this.#limits = limits;
    this.#deadline = performance.now() + limits.ms;
  }

  stop(why: NonNullable<LeakScan["incomplete"]>): void {
    this.skip(why);
    this.isSpent = true;
  }

  /** One thing isn't looked at, but what follows is. */
  skip(why: NonNullable<LeakScan["incomplete"]>): void {
    this.stopped ??= why;
  }

  entry(): void {
    if (++this.#entries > this.#limits.entries) this.stop("too many files");
    else if (performance.now() > this.#deadline) this.stop("time");
  }

  /** How much of a file may be read, from `at` on; 0 = no more of it. */
  grant(at: number, wanted: number): number {
    if (performance.now() > this.#deadline) this.stop("time");
    else if (this.#bytes >= this.#limits.totalBytes) this.stop("too large");
    else if (at >= this.#limits.fileBytes) this.skip("too large");
    else {
      const granted = Math.min(wanted, this.#limits.fileBytes - at, this.#limits.totalBytes - this.#bytes);
      this.#bytes += granted;
      return granted;
    }
    return 0;
  }
}

async function namesInside(entry: ChangedEntry, matcher: Matcher, budget: Budget): Promise<readonly string[]> {
  switch (entry.kind) {
    case "folder":
      return [];
    case "link":
      return namesInText(matcher, entry.target);
    case "file":
      return namesInFile(entry.file, matcher, budget);
  }
}

const LIMITS: LeakLimits = { ms: 2_000, entries: 200_000, fileBytes: 16 * 1024 * 1024, totalBytes: 128 * 1024 * 1024 };
const MAX_FOUND = 100;

/** File systems round times (FAT to 2 s), and a network's clock may be a little off. */
const CLOCK_SLACK_MS = 2_000;
