import type { CredentialRule } from "./credential-rule.ts";
import { buildNeedles, type NeedleTable } from "./needles.ts";

/** A stretch of text that a rule has to look at. */
export interface Window {
  readonly rule: CredentialRule;
  readonly start: number;
  readonly end: number;
}

/**
 * All rules' keywords in one pass. The windows of a rule don't overlap, so all rules together see no character more
 * than once per rule, whatever the text.
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

  /** Rule by rule, so that the first rule comes first. */
  windows(text: string): readonly Window[] {
    const windows: Window[][] = this.#rules.map((rule) =>
      rule.keywords.length === 0 ? [{ rule, start: 0, end: text.length }] : [],
    );
    const { column, columns, next, ends, more, needles } = this.#table;
    let at = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      at = next[at + (unit < 256 ? column[unit]! : 0)]!;
      for (let n = ends[at / columns]!; n !== -1; n = more[n]!) {
        const keyword = this.#keywords[n]!;
        const number = needles[n]!.secret;
        const rule = this.#rules[number]!;
        const start = i + 1 - keyword.length;
        if (rule.anyCase || text.startsWith(keyword, start)) widen(windows[number]!, rule, start, text.length);
      }
    }
    return windows.flat();
  }
}

/** A window around `at`, joined with the one before if they touch. */
function widen(windows: Window[], rule: CredentialRule, at: number, length: number): void {
  const start = Math.max(0, at - rule.reach);
  const end = Math.min(length, at + rule.reach);
  const before = windows.at(-1);
  if (before === undefined || before.end < start) windows.push({ rule, start, end });
  else windows[windows.length - 1] = { rule, start: before.start, end };
}
