import type { VaultAccess } from "#core/run/vault-access.ts";
import { withoutCredentials } from "#core/run/without-credentials.ts";
import { isVaultError } from "#core/vault-error.ts";
import { HOOKS, type HookClientName } from "#mcp/client-setup/hooks.ts";
import { interceptMode } from "#mcp/intercept-mode.ts";
import { type Event, PROTOCOLS } from "./protocols.ts";
import { textsOf, withTexts } from "./texts-of.ts";

export interface HookAnswer {
  /** For stdout; undefined = the client goes on as if there were no hook. */
  readonly reply: unknown;
  /** For stderr. */
  readonly notes: readonly string[];
}

export interface HookDeps {
  /** The vault that another process holds unlocked. */
  access(): Promise<VaultAccess | undefined>;
  readonly interceptMode: string | undefined;
}

/**
 * Answers one event: what a tool printed, with the vault's values hidden by the process that holds them, and then what
 * looks like a credential. Without an unlocked vault only the latter. An output that could not be looked at is
 * withheld; nothing else ever stops the agent.
 */
export async function answerEvent(client: HookClientName, text: string, deps: HookDeps): Promise<HookAnswer> {
  const event = parsed(text);
  const protocol = PROTOCOLS[client];
  const found = event === undefined ? undefined : protocol.read(event);
  if (event === undefined || found === undefined) {
    return { reply: undefined, notes: event === undefined ? ["ov: this is no event of a hook."] : [] };
  }
  const notes: string[] = [];
  const texts = textsOf(found.output);
  const replaced = await redacted(client, texts, deps, notes);
  if (replaced.size === 0) return { reply: undefined, notes };
  if (found.kind === "replaceable") return { reply: protocol.replace(event, withTexts(found.output, replaced)), notes };
  return { reply: protocol.warn?.(event, WARNING), notes };
}

const WARNING =
  "OpaqueVault: the output of a tool that failed shows a value of the vault or a credential, and a hook can't hide it there. Don't repeat it. A person should give it a new value.";

async function redacted(
  client: HookClientName,
  texts: readonly string[],
  { access, interceptMode: mode }: HookDeps,
  notes: string[],
): Promise<ReadonlyMap<string, string>> {
  const size = texts.reduce((sum, text) => sum + text.length, 0);
  if (size > MAX_CHARACTERS)
    return withheld(texts, `it has more than ${MAX_CHARACTERS / 1024 / 1024} million characters`);
  try {
    const masks = interceptMode(mode) === "block";
    const vault = await found(access, notes);
    const hidden =
      (await byVault(`${HOOKS[client].title} (hook)`, texts, masks, vault, notes)) ??
      (masks ? await withoutCredentials(texts) : []);
    return new Map(texts.flatMap((text, i) => (typeof hidden[i] === "string" ? [[text, hidden[i]] as const] : [])));
  } catch (error) {
    return withheld(texts, isVaultError(error) ? error.code : "an error of its own");
  }
}

/** What a client shows a model is far less; the rest would only keep the vault's process busy. */
const MAX_CHARACTERS = 8 * 1024 * 1024;

/** Where the way to the vault is not safe, it counts as locked. */
async function found(access: HookDeps["access"], notes: string[]): Promise<VaultAccess | undefined> {
  try {
    return await access();
  } catch (error) {
    if (!isVaultError(error)) throw error;
    notes.push(`ov: ${error.message}`);
    return undefined;
  }
}

/** By the process that holds the vault. undefined = there is none: it is locked. */
async function byVault(
  client: string,
  texts: readonly string[],
  masks: boolean,
  vault: VaultAccess | undefined,
  notes: string[],
): Promise<readonly (string | null)[] | undefined> {
  try {
    if (vault !== undefined) {
      const { texts: hidden, unreadable } = await inTime(vault.redact(client, texts, masks));
      if (unreadable.length > 0)
        notes.push(`ov: can't be read, so its values are not hidden: ${unreadable.join(", ")}`);
      return hidden;
    }
  } catch (error) {
    // It was locked, or its process ended, since it was found.
    if (!isVaultError(error, "vault-locked") && !isVaultError(error, "agent-unreachable")) throw error;
  }
  notes.push('ov: the vault is locked, so only what looks like a credential is hidden. "ov unlock" opens it.');
  return undefined;
}

/** Clients wait 30 seconds for a hook, and then go on with what it did not answer. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("late")), WAIT_MS);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

const WAIT_MS = 15_000;

/** Shorter strings hold no whole value, and may be words that the client needs. */
function withheld(texts: readonly string[], why: string): ReadonlyMap<string, string> {
  const note = `[OpaqueVault could not look at this output, so it was withheld: ${why}.]`;
  return new Map(texts.filter((text) => text.length >= 14).map((text) => [text, note]));
}

function parsed(text: string): Event | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Event) : undefined;
  } catch {
    return undefined;
  }
}
