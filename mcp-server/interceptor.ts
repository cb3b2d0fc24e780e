import { type CredentialFinding, maskCredentials } from "#core/redact/detectors.ts";
import type { InterceptMode } from "#mcp/intercept-mode.ts";

/** The findings come in order and don't overlap. */
export type DetectCredentials = (text: string) => Promise<readonly CredentialFinding[]>;

/** How often each rule fired. */
export type RuleCounts = ReadonlyMap<string, number>;

/**
 * Looks for credentials that are not in the vault in everything that goes to a model. The vault's own secrets are
 * redacted before, from their bytes; this one goes by shape only, so it is a help and no promise.
 */
export class Interceptor {
  readonly mode: InterceptMode;
  readonly #detect: DetectCredentials;
  readonly #found = new Map<string, number>();

  constructor(mode: InterceptMode, detect: DetectCredentials) {
    this.mode = mode;
    this.#detect = detect;
  }

  /** What was found since the start of this process. */
  get found(): RuleCounts {
    return this.#found;
  }

  /** The text as a model may have it. What was found is also counted in `counts`. */
  async inspect(text: string, counts: Map<string, number>): Promise<string> {
    const findings = await this.#detect(text);
    for (const { rule } of findings) {
      counts.set(rule, (counts.get(rule) ?? 0) + 1);
      this.#found.set(rule, (this.#found.get(rule) ?? 0) + 1);
    }
    return this.mode === "block" ? maskCredentials(text, findings) : text;
  }

  /** True if the text holds a credential; counts nothing. */
  async suspects(text: string): Promise<boolean> {
    return (await this.#detect(text)).length > 0;
  }
}
