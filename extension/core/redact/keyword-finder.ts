import type { CredentialRule } from "./credential-rules.ts";
import { buildNeedles, type NeedleTable } from "./needles.ts";

/** A stretch of text that a rule's expression has to look at. */
export interface Window {
  readonly rule: CredentialRule;
  readonly start: number;
  readonly end: number;
}

/**
 * All rules' keywords in one pass. The windows of a rule don't overlap, so all expressions together see no character
 * more than once per rule, whatever the text.
 */
export class KeywordFinder {
  readonly #rules: readonly CredentialRule[];
  readonly #table: NeedleTable;
  readonly #keywords: readonly string[];

  constructor(rules: readonly CredentialRule[]) {
    this.#rules = rules;
    const pairs = rules.flatMap((rule, number) => rule.keywords.map((keyword) => ({ keyword, number })));
    this.#keywords = pairs.map(({ keyword }) => keyword);
    this.#table = buildNeedles(
      pairs.map(({ keyword, number }) => ({
        bytes: Buffer.from(keyword.toLowerCase(), "latin1"),
        secret: number,
        where: "anywhere",
      })),
    );
    for (let letter = 0x41; letter <= 0x5a; letter++) this.#table.column[letter] = this.#table.column[letter + 0x20]!;
  }

  windows(text: string): Window[] {
    const windows: Window[] = [];
    const last = new Map<CredentialRule, number>();
    const { column, columns, next, ends, more, needles } = this.#table;
    let at = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      at = next[at + (unit < 256 ? column[unit]! : 0)]!;
      for (let n = ends[at / columns]!; n !== -1; n = more[n]!) {
        const keyword = this.#keywords[n]!;
        const rule = this.#rules[needles[n]!.secret]!;
        const start = i + 1 - keyword.length;
        if (rule.anyCase || text.startsWith(keyword, start)) add(windows, last, rule, start, text.length);
      }
    }
    return windows;
  }
}

function add(
  windows: Window[],
  last: Map<CredentialRule, number>,
  rule: CredentialRule,
  at: number,
  length: number,
): void {
  const start = Math.max(0, at - rule.reach);
  const end = Math.min(length, at + rule.reach);
  const index = last.get(rule);
  const before = index === undefined ? undefined : windows[index]!;
  if (index !== undefined && before !== undefined && before.end >= start) {
    windows[index] = { rule, start: before.start, end };
    return;
  }
  last.set(rule, windows.push({ rule, start, end }) - 1);
}
