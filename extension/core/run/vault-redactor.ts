import { wipe } from "../crypto/wipe.ts";
import { valueParts } from "../redact/value-parts.ts";
import { WholeValues } from "../redact/whole-values.ts";
import { type Context, formatContext, type SecretName } from "../vault/context.ts";
import { contextOf } from "../vault/every-environment.ts";
import { secretNames } from "../vault/secret-list.ts";
import { readSecrets } from "../vault/secret-read.ts";
import type { Session } from "../vault/session.ts";
import { isVaultError } from "../vault-error.ts";
import { assignedValues } from "./assigned-values.ts";
import { isUnguessable } from "./unguessable.ts";
import type { RedactedTexts } from "./vault-access.ts";

/** Texts as an agent may read them, and whose values were hidden in them. */
export interface HiddenValues extends RedactedTexts {
  readonly hidden: readonly { readonly context: Context; readonly names: readonly string[] }[];
}

/** The same for every value: a name would tell an agent which two secrets have one value. */
export const VAULT_MARK = "[redacted:vault]";

/**
 * Hides the values of the whole vault, production and decoys too, in texts that an agent brings. Nobody approved a use
 * of these values, so nothing that comes back may help to find one: only whole values that nobody can guess are looked
 * for, and what stands behind a secret's name and "=", whatever it is.
 */
export class VaultRedactor {
  readonly #session: Session;
  #known: { readonly revision: string; readonly values: Promise<WholeValues> } | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  async redact(texts: readonly string[]): Promise<HiddenValues> {
    const { contexts, revision, unreadable } = await contentsOf(this.#session);
    // Decrypts only after a write.
    if (this.#known?.revision !== revision) this.#known = { revision, values: allValues(this.#session, contexts) };
    const { values } = this.#known;
    const known = await values.catch((error: unknown) => {
      if (this.#known?.values === values) this.#known = undefined;
      throw error;
    });
    const names = new Set<string>(contexts.flatMap((found) => found.names));
    const hidden = new Set<string>();
    const redacted: (string | null)[] = [];
    for (const text of texts) redacted.push(await redactOne(text, known, names, hidden));
    return { texts: redacted, unreadable, hidden: byContext(contexts, hidden) };
  }

  /** At lock. */
  close(): void {
    this.#known = undefined;
  }
}

interface Contents {
  readonly contexts: readonly { readonly context: Context; readonly names: readonly SecretName[] }[];
  /** Another one after every write. */
  readonly revision: string;
  readonly unreadable: readonly string[];
}

/** An environment that can't be read, because it is damaged or closed to this account, must not stand in others' way. */
async function contentsOf(session: Session): Promise<Contents> {
  const { directory } = await session.account();
  const contexts: Contents["contexts"][number][] = [];
  const revisions: string[] = [];
  const unreadable: string[] = [];
  for (const entry of directory.environments) {
    const context = contextOf(directory, entry);
    try {
      const state = await (await session.environment(context)).load();
      contexts.push({ context, names: await secretNames(session, context) });
      revisions.push(`${entry.id}:${state.head.counter}`);
    } catch (error) {
      if (!isVaultError(error)) throw error;
      unreadable.push(formatContext(context));
    }
  }
  return { contexts, revision: revisions.join(" "), unreadable };
}

async function allValues(session: Session, contexts: Contents["contexts"]): Promise<WholeValues> {
  const known = new WholeValues();
  for (const { context, names } of contexts) {
    for (const { name, value } of await readSecrets(session, context, names)) {
      for (const { bytes } of valueParts(value)) {
        if (isUnguessable(bytes)) known.add(`${formatContext(context)}/${name}`, bytes);
      }
      wipe(value);
    }
  }
  return known;
}

async function redactOne(
  text: string,
  known: WholeValues,
  names: ReadonlySet<string>,
  hidden: Set<string>,
): Promise<string | null> {
  const bytes = Buffer.from(text, "utf8");
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end, names: shown } of await known.find(bytes)) {
    pieces.push(bytes.toString("utf8", at, start), VAULT_MARK);
    for (const name of shown) hidden.add(name);
    at = end;
  }
  const unnamed = at === 0 ? text : [...pieces, bytes.toString("utf8", at)].join("");
  const assigned = assignedValues(unnamed, names);
  if (assigned.length === 0) return at === 0 ? null : unnamed;
  return assigned.reduceRight(
    (kept, [start, end]) => `${kept.slice(0, start)}${VAULT_MARK}${kept.slice(end)}`,
    unnamed,
  );
}

function byContext(contexts: Contents["contexts"], hidden: ReadonlySet<string>): HiddenValues["hidden"] {
  return contexts
    .map(({ context, names }) => ({
      context,
      names: names.filter((name) => hidden.has(`${formatContext(context)}/${name}`)),
    }))
    .filter(({ names }) => names.length > 0);
}
