/** The shape of a vendor's credential, whoever wrote it down. */
export interface CredentialRule {
  readonly id: string;
  /** The rule is tried only around one of these; a rule with none looks at the whole text. */
  readonly keywords: readonly string[];
  /** Keywords count in any case. */
  readonly anyCase: boolean;
  /** So many characters on both sides of a keyword are looked at; no credential of the rule is longer. */
  readonly reach: number;
  /** The credentials in `part`, from the first to behind the last character of each. */
  find(part: string): readonly Stretch[] | Promise<readonly Stretch[]>;
}

export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Shannon's entropy, in bits per character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** Manuals mark the keys that they show, or write a word for a password; GitHub wants a fixed word in its place. */
export function isExample(text: string): boolean {
  return MARKED.test(text) || PASSWORD_WORD.test(text);
}

const MARKED = /EXAMPLE|example|xxxxx|XXXXX|12345678901|0000000|your[-_]|YOUR[-_]|placeholder|changeme|REPLACE/;
const PASSWORD_WORD =
  /^(?:x-oauth-basic|(?:my)?(?:pass|passwd|password|pwd|pw|token|secret|user|username)[0-9]{0,4})$/i;
