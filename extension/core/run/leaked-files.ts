import { type Matcher, redactText } from "../redact/matcher.ts";
import { Budget, type Incomplete, type LeakLimits, LIMITS } from "./leaked-budget.ts";
import { namesInFile, namesInText } from "./leaked-content.ts";
import { Linked } from "./leaked-links.ts";
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
  readonly incomplete?: Incomplete;
  /** Some of what was changed and could not be looked into, or not wholly, by paths like those of `files`. */
  readonly unread?: readonly string[];
}

/**
 * The files below `cwd` that were changed since `since` (ms since 1970) and hold a value. Every file counts, ignored by
 * git or not: an agent reads those too. By the time of change that the system keeps, which a program can't set back.
 * A link that was made since then and leads elsewhere is followed. Not seen: other files elsewhere, on other file
 * systems, extended attributes, and what a program has packed in its own way.
 */
export async function findLeakedFiles(
  cwd: string,
  since: number,
  matcher: Matcher,
  limits: Partial<LeakLimits> = {},
): Promise<LeakScan> {
  const budget = new Budget({ ...LIMITS, ...limits });
  const from = since - CLOCK_SLACK_MS;
  const linked = new Linked(cwd);
  const files: LeakedFile[] = [];
  const look = async (entries: AsyncIterable<ChangedEntry>): Promise<void> => {
    for await (const entry of entries) {
      if (entry.kind === "link") linked.add(entry);
      const names = new Set([...namesInText(matcher, entry.path), ...(await namesInside(entry, matcher, budget))]);
      if (names.size === 0) continue;
      files.push({ path: redactText(matcher, entry.path.toString()), names: [...names].sort() });
      if (files.length >= MAX_FOUND) budget.stop("too many files");
    }
  };
  await look(changedEntries({ root: cwd }, from, budget));
  // Last: what lies in the folder itself counts more.
  for (let tree = linked.next(budget); tree !== undefined; tree = linked.next(budget)) {
    await look(changedEntries(tree, from, budget));
  }
  const unread = budget.unread.map((path) => redactText(matcher, path.toString()));
  return {
    files,
    ...(budget.stopped === undefined ? {} : { incomplete: budget.stopped }),
    ...(unread.length === 0 ? {} : { unread }),
  };
}

async function namesInside(entry: ChangedEntry, matcher: Matcher, budget: Budget): Promise<readonly string[]> {
  switch (entry.kind) {
    case "folder":
      return [];
    case "link":
      return namesInText(matcher, entry.target);
    case "file":
      return namesInFile(entry, matcher, budget);
  }
}

const MAX_FOUND = 100;

/** File systems round times (FAT to 2 s), and a network's clock may be a little off. */
const CLOCK_SLACK_MS = 2_000;
