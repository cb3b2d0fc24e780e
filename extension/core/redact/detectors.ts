import { type CredentialRule, credentialRules } from "./credential-rules.ts";
import { KeywordFinder } from "./keyword-finder.ts";

/** A stretch of text that looks like a credential, and the rule that says so. */
export interface CredentialFinding {
  readonly start: number;
  readonly end: number;
  readonly rule: string;
}

/** `block` masks what looks like a credential; `warn` only counts it. */
export type DetectMode = "block" | "warn";

let finder: KeywordFinder | undefined;

/**
 * Credentials that are in no vault, by their vendors' formats. A help and no promise: what has no format of its own
 * is not found, and randomness alone is never a reason. The findings come in order and don't overlap.
 */
export function detectCredentials(text: string): readonly CredentialFinding[] {
  finder ??= new KeywordFinder(credentialRules());
  const found: CredentialFinding[] = [];
  for (const { rule, start, end } of finder.windows(text)) findIn(text, rule, start, end, found);
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const findings: CredentialFinding[] = [];
  for (const finding of found) {
    if (finding.start >= (findings.at(-1)?.end ?? 0)) findings.push(finding);
  }
  return findings;
}

/** `text` with each finding as `[redacted:rule:ID]`, and how often each rule fired. */
export function maskCredentials(
  text: string,
  mode: DetectMode = "block",
): { readonly text: string; readonly found: ReadonlyMap<string, number> } {
  const found = new Map<string, number>();
  let masked = "";
  let at = 0;
  for (const { start, end, rule } of detectCredentials(text)) {
    found.set(rule, (found.get(rule) ?? 0) + 1);
    masked += `${text.slice(at, start)}[redacted:rule:${rule}]`;
    at = end;
  }
  return { text: mode === "block" ? masked + text.slice(at) : text, found };
}

/** One character more on both sides, so that the expression sees what a match borders on. */
function findIn(text: string, rule: CredentialRule, start: number, end: number, found: CredentialFinding[]): void {
  const from = Math.max(0, start - 1);
  const part = text.slice(from, end + 1);
  for (const match of part.matchAll(rule.regex)) {
    const [low, high] = match.indices![1] ?? match.indices![0]!;
    const credential = part.slice(low, high);
    if (entropy(credential) < rule.entropy || isExample(credential)) continue;
    if (rule.mixed && !/[a-zA-Z].*[^a-zA-Z]|[^a-zA-Z].*[a-zA-Z]/.test(credential)) continue;
    found.push({ start: from + low, end: from + high, rule: rule.id });
  }
}

/** Shannon's, in bits per character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** Manuals mark the keys that they show. */
function isExample(text: string): boolean {
  return /EXAMPLE|example|xxxxx|XXXXX|12345678901|0000000|your[-_]|placeholder|changeme|REPLACE/.test(text);
}
