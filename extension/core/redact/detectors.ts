import type { Stretch } from "./credential-rule.ts";
import { credentialRules } from "./credential-rules.ts";
import { KeywordFinder } from "./keyword-finder.ts";

/** A stretch of text that looks like a credential, and the rule that says so. */
export interface CredentialFinding extends Stretch {
  readonly rule: string;
}

/**
 * Credentials that are in no vault, by their vendors' formats. A help and no promise: what has no format of its own
 * is not found, and randomness alone is never a reason. The findings come in order and don't overlap.
 */
export async function detectCredentials(text: string): Promise<readonly CredentialFinding[]> {
  finder ??= credentialRules().then((rules) => new KeywordFinder(rules));
  const found: CredentialFinding[] = [];
  for (const { rule, start, end } of (await finder).windows(text)) {
    // One character more on both sides, so that the rule sees what a match borders on.
    const from = Math.max(0, start - 1);
    for (const stretch of await rule.find(text.slice(from, end + 1))) {
      found.push({ start: from + stretch.start, end: from + stretch.end, rule: rule.id });
    }
  }
  return disjoint(found);
}

let finder: Promise<KeywordFinder> | undefined;

/** `text` with each finding as `[redacted:rule:ID]`. */
export function maskCredentials(text: string, findings: readonly CredentialFinding[]): string {
  let masked = "";
  let at = 0;
  for (const { start, end, rule } of findings) {
    masked += `${text.slice(at, start)}[redacted:rule:${rule}]`;
    at = end;
  }
  return masked + text.slice(at);
}

/** Findings that overlap become one, or the end of the second would stay. */
function disjoint(found: CredentialFinding[]): readonly CredentialFinding[] {
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const findings: CredentialFinding[] = [];
  for (const finding of found) {
    const before = findings.at(-1);
    if (before === undefined || finding.start >= before.end) findings.push(finding);
    else if (finding.end > before.end) findings[findings.length - 1] = { ...before, end: finding.end };
  }
  return findings;
}
