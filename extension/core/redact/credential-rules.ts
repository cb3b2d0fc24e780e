import source from "./credential.rules.json" with { type: "json" };

/** The shape of a vendor's credential. */
export interface CredentialRule {
  readonly id: string;
  /** The first group is the credential, if there is one. */
  readonly regex: RegExp;
  /** The expression is tried only around one of these. */
  readonly keywords: readonly string[];
  /** Keywords count in any case. */
  readonly anyCase: boolean;
  /** Bits per character that a match must have too: "AKIAAAAAAAAAAAAAAAAA" is an example in a manual. */
  readonly entropy: number;
  /** So many characters on both sides of a keyword are looked at. */
  readonly reach: number;
  /** The credential must mix letters with digits or signs: a word in its place is an example. */
  readonly mixed: boolean;
}

/** How the rules file writes one. */
interface SourceRule {
  readonly id: string;
  readonly regex: string;
  readonly keywords: readonly string[];
  readonly flags?: string;
  readonly entropy?: number;
  readonly reach?: number;
  readonly mixed?: boolean;
  /** What stands right before and after a match doesn't matter. */
  readonly inside?: boolean;
}

const REACH = 420;

export function credentialRules(): readonly CredentialRule[] {
  const rules: readonly SourceRule[] = source.rules;
  return rules.map((rule) => ({
    id: rule.id,
    regex: new RegExp(bounded(rule), `dg${rule.flags ?? ""}`),
    keywords: rule.keywords,
    anyCase: rule.flags === "i",
    entropy: rule.entropy ?? 0,
    reach: rule.reach ?? REACH,
    mixed: rule.mixed === true,
  }));
}

/** A match inside a longer word is a part of something else, such as an image in base64. */
function bounded(rule: SourceRule): string {
  if (rule.inside === true) return rule.regex;
  const joined = rule.keywords.some((keyword) => keyword.length <= 4) ? "[A-Za-z0-9+/]" : "[A-Za-z0-9]";
  return `(?<!${joined})(?:${rule.regex})(?!${joined})`;
}
