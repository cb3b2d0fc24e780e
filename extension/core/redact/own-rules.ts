import source from "./credential.rules.json" with { type: "json" };
import { type CredentialRule, entropy, isExample, type Stretch } from "./credential-rule.ts";

/** The rules of the vendors that secretlint's recommended preset doesn't know. */
export function ownRules(): readonly CredentialRule[] {
  const rules: readonly SourceRule[] = source.rules;
  return rules.map((rule) => {
    const regex = new RegExp(bounded(rule), `dg${rule.flags ?? ""}`);
    return {
      id: rule.id,
      keywords: rule.keywords,
      anyCase: rule.flags === "i",
      reach: rule.reach ?? REACH,
      find: (part) => findAll(part, regex, rule),
    };
  });
}

/** How the rules file writes one. */
export interface SourceRule {
  readonly id: string;
  /** The first group is the credential, if there is one. */
  readonly regex: string;
  readonly keywords: readonly string[];
  readonly flags?: string;
  /** Bits per character that a match must have too: one letter over and over is an example in a manual. */
  readonly entropy?: number;
  readonly reach?: number;
  /** The credential must mix letters with digits or signs: a word in its place is an example. */
  readonly mixed?: boolean;
  /** What stands right before and after a match doesn't matter. */
  readonly inside?: boolean;
}

const REACH = 420;

/** A match inside a longer word is a part of something else, such as an image in base64. */
function bounded(rule: SourceRule): string {
  if (rule.inside === true) return rule.regex;
  const joined = rule.keywords.some((keyword) => keyword.length <= 4) ? "[A-Za-z0-9+/]" : "[A-Za-z0-9]";
  return `(?<!${joined})(?:${rule.regex})(?!${joined})`;
}

function findAll(part: string, regex: RegExp, rule: SourceRule): Stretch[] {
  const found: Stretch[] = [];
  for (const match of part.matchAll(regex)) {
    const [start, end] = match.indices![1] ?? match.indices![0]!;
    const credential = part.slice(start, end);
    if (entropy(credential) < (rule.entropy ?? 0) || isExample(credential)) continue;
    if (rule.mixed === true && !/[a-zA-Z].*[^a-zA-Z]|[^a-zA-Z].*[a-zA-Z]/.test(credential)) continue;
    found.push({ start, end });
  }
  return found;
}
