import { formatContext } from "../vault/context.ts";
import type { Session } from "../vault/session.ts";
import type { Moment, TwoClocks } from "./two-clocks.ts";
import type { RedactedTexts } from "./vault-access.ts";
import { VaultRedactor } from "./vault-redactor.ts";
import { stillVisible } from "./visible-text.ts";
import { withoutCredentials } from "./without-credentials.ts";

/** Hides the vault's values in what an agent's own tools read, and notes in the audit log what it hid from whom. */
export class NotedRedactor {
  readonly #session: Session;
  readonly #clocks: TwoClocks;
  readonly #redactor: VaultRedactor;
  readonly #noted = new Map<string, Moment>();

  constructor(session: Session, clocks: TwoClocks) {
    this.#session = session;
    this.#clocks = clocks;
    this.#redactor = new VaultRedactor(session);
  }

  /** `credentials`: also what looks like one and is in no vault. */
  async redact(client: string, texts: readonly string[], credentials: boolean): Promise<RedactedTexts> {
    const { hidden, ...redacted } = await this.#redactor.redact(texts);
    for (const { context, names } of hidden) {
      const key = JSON.stringify([client, formatContext(context), names]);
      const noted = this.#noted.get(key);
      if (noted !== undefined && this.#clocks.since(noted) < NOTE_AGAIN_MS) continue;
      if (this.#noted.size >= MAX_NOTED) this.#noted.clear();
      this.#noted.set(key, this.#clocks.moment());
      await this.#session.audit({ actor: stillVisible(client), action: "redact", names, outcome: "ok" }, context);
    }
    if (!credentials) return redacted;
    const masked = await withoutCredentials(texts.map((text, i) => redacted.texts[i] ?? text));
    return { ...redacted, texts: masked.map((text, i) => text ?? redacted.texts[i] ?? null) };
  }

  close(): void {
    this.#redactor.close();
  }
}

/** An agent reads the same file many times. */
const NOTE_AGAIN_MS = 10 * 60_000;
const MAX_NOTED = 1000;
