import type { CredentialFinding } from "#core/redact/detectors.ts";

/**
 * Where a credential stands in an open document, and the rule that found it; nothing of its text. It is the argument of
 * the quick fix and the lens. Extensions can ask VS Code for both and so get hold of one: it is frozen, and the command
 * looks whether a rule finds a credential at that very place.
 */
export class FoundCredential {
  readonly uri: string;
  readonly version: number;
  readonly start: number;
  readonly end: number;
  readonly rule: string;

  constructor(document: { readonly uri: string; readonly version: number }, { start, end, rule }: CredentialFinding) {
    this.uri = document.uri;
    this.version = document.version;
    this.start = start;
    this.end = end;
    this.rule = rule;
    Object.freeze(this);
  }
}
