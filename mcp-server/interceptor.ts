import type { CredentialFinding } from "#core/redact/detectors.ts";

/** "block" redacts what looks like a credential; "warn" lets it through and says so. Both count. */
export type InterceptMode = "block" | "warn";

export type DetectCredentials = (text: string) => readonly CredentialFinding[];

/**
 * Looks for credentials that are not in the vault in everything that goes to a model. The vault's own secrets are
 * redacted before, from their bytes; this one goes by shape only, so it is a help and no promise.
 */
export class Interceptor {
  readonly mode: InterceptMode;
  readonly #detect: DetectCredentials;
  #found = 0;

  constructor(mode: InterceptMode, detect: DetectCredentials) {
    this.mode = mode;
    this.#detect = detect;
  }

  /** How many were found since the start of this process. */
  get found(): number {
    return this.#found;
  }

  /** The text as a model may have it, and the rules that fired. */
  inspect(text: string): { readonly text: string; readonly rules: readonly string[] } {
    const findings = [...this.#detect(text)].sort((a, b) => a.start - b.start);
    this.#found += findings.length;
    const rules = findings.map((finding) => finding.rule);
    return { text: this.mode === "block" ? redact(text, findings) : text, rules };
  }

  /** True if the text holds a credential; counts nothing. */
  suspects(text: string): boolean {
    return this.#detect(text).length > 0;
  }
}

function redact(text: string, findings: readonly CredentialFinding[]): string {
  let redacted = "";
  let at = 0;
  for (const { start, end, rule } of findings) {
    if (end <= at) continue;
    // Findings may overlap: what was redacted already is not shown again.
    redacted += start < at ? "" : `${text.slice(at, start)}[redacted:rule:${rule}]`;
    at = end;
  }
  return redacted + text.slice(at);
}

/** Reads OV_INTERCEPT_MODE; anything but "warn" blocks. */
export function interceptMode(text: string | undefined): InterceptMode {
  return text === "warn" ? "warn" : "block";
}
