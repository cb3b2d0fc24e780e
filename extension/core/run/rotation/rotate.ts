import { newId } from "../../crypto/random.ts";
import { wipe } from "../../crypto/wipe.ts";
import { type Context, formatContext, isProduction } from "../../vault/context.ts";
import { isVaultError } from "../../vault-error.ts";
import type { RunDeps } from "../held-lease.ts";
import type { VaultAccess } from "../vault-access.ts";
import { callProvider, type ProviderCall, type ProviderStep } from "./call-provider.ts";
import type { RotationInfo, RotationStep } from "./rotation-step.ts";

export interface RotateDeps extends RunDeps {
  /** `lease` finds its own way to ask a person. */
  readonly access: Pick<VaultAccess, "lease" | "settle" | "rotate">;
  /** What rotates, as it is shown to a person and written to the audit log: "ov secret rotate". */
  readonly client: string;
  /** Tells other processes that a rotation is at work here, until what it gives is called; refuses while one is there. */
  readonly claim: ClaimRotation;
  /** Of a rotation without a program: generated, or typed by a person. The bytes are wiped. */
  readonly newValue: (rotation: RotationInfo) => Promise<Uint8Array>;
  readonly onOutput?: NonNullable<ProviderCall["onOutput"]>;
  readonly signal?: AbortSignal;
}

/** `vault-conflict` = another process is at it. */
export type ClaimRotation = (id: string) => Promise<() => Promise<void>>;

type Begin = Omit<Extract<RotationStep, { kind: "begin" }>, "kind" | "id">;

/**
 * A new value in every environment that is named. Those that share a value go on to share the new one; each of the other
 * values is a rotation of its own, and `onRotated` hears of each one's end.
 */
export async function rotateEverywhere(
  deps: RotateDeps,
  asked: Begin,
  onRotated: (done: RotationInfo) => void,
): Promise<void> {
  let left = asked.contexts;
  while (left.length > 0) {
    const done = await startRotation(deps, { ...asked, contexts: left });
    onRotated(done);
    const places = done.contexts.map(formatContext);
    left = left.filter((context) => !places.includes(formatContext(context)));
  }
}

/** As a rotation takes them: the first one keeps it, and its program gets the secrets of that one. */
export function productionFirst(contexts: readonly Context[]): readonly Context[] {
  return [...contexts].sort((a, b) => Number(isProduction(b)) - Number(isProduction(a)));
}

/**
 * Begins a rotation of those environments that hold the same value as the first one, production before others, and
 * goes through to its end. Its program is approved before anything is begun. What fails before every environment has
 * the new value is given up at both ends; what is cut off can be continued by anybody who opens the vault.
 */
export async function startRotation(deps: RotateDeps, asked: Begin): Promise<RotationInfo> {
  const contexts = productionFirst(asked.contexts);
  const id = newId();
  let begun: RotationInfo | undefined;
  const begin = async (): Promise<RotationInfo> => {
    begun ??= (await deps.access.rotate({ kind: "begin", id, ...asked, contexts }))!; // only the end is undefined
    return begun;
  };
  const { name, provider } = asked;
  // Before it is in the vault, so that nobody finds it there as one that was cut off.
  return whileClaimed(deps.claim, id, async () => {
    try {
      const first = { name, home: contexts[0]!, ...(provider === undefined ? {} : { provider }) };
      await toTheEnd(deps, await make(deps, first, begin));
    } catch (error) {
      if (begun !== undefined) await giveUpAfter(deps, begun, error);
      throw error;
    }
    return begun!; // make() asked for it
  });
}

/** Goes on where a rotation was cut off. */
export async function continueRotation(deps: RotateDeps, rotation: RotationInfo): Promise<void> {
  await whileClaimed(deps.claim, rotation.id, async () => {
    try {
      await toTheEnd(deps, rotation);
    } catch (error) {
      await giveUpAfter(deps, rotation, error);
      throw error;
    }
  });
}

/** The old value is the only one again, at both ends. Refused once the old one may be revoked. */
export async function abortRotation(deps: RotateDeps, { home, id, provider }: RotationInfo): Promise<void> {
  await whileClaimed(deps.claim, id, async () => {
    const discarding = await deps.access.rotate({ kind: "discard", home, id });
    await toTheEnd(deps, discarding && withProvider(discarding, provider));
  });
}

/** For a person who has revoked the old value at its source. */
export async function endByHand(deps: Pick<RotateDeps, "access" | "claim">, { home, id }: RotationInfo): Promise<void> {
  await whileClaimed(deps.claim, id, () => deps.access.rotate({ kind: "end", home, id }));
}

async function whileClaimed<T>(claim: ClaimRotation, id: string, work: () => Promise<T>): Promise<T> {
  const release = await claim(id);
  try {
    return await work();
  } finally {
    await release();
  }
}

async function toTheEnd(deps: RotateDeps, rotation: RotationInfo | undefined): Promise<void> {
  let current = rotation;
  while (current !== undefined) {
    const next: RotationInfo | undefined = await nextStep(deps, current);
    current = next && withProvider(next, current.provider);
  }
}

/** Each step can be done twice: a crash may come after it was done, and before that was written. */
async function nextStep(deps: RotateDeps, rotation: RotationInfo): Promise<RotationInfo | undefined> {
  const { home, id } = rotation;
  switch (rotation.phase) {
    case "making":
      return make(deps, rotation, async () => rotation);
    case "made":
      return deps.access.rotate({ kind: "store", home, id });
    case "stored":
      await settleBy(deps, rotation, "revoke");
      return deps.access.rotate({ kind: "end", home, id });
    case "discarding":
      // Again, since it may have been cut off before every environment had the old value back.
      await deps.access.rotate({ kind: "discard", home, id });
      await settleBy(deps, rotation, "discard");
      return deps.access.rotate({ kind: "end", home, id });
  }
}

async function make(
  deps: RotateDeps,
  { name, home, provider }: Pick<RotationInfo, "name" | "home" | "provider">,
  begun: () => Promise<RotationInfo>,
): Promise<RotationInfo | undefined> {
  const keep = async (value: Uint8Array): Promise<RotationInfo | undefined> => {
    const rotation = await begun();
    const kept = await deps.access.rotate({ kind: "made", home: rotation.home, id: rotation.id, value });
    return kept && withProvider(kept, provider);
  };
  if (provider === undefined) {
    const value = await deps.newValue(await begun());
    return keep(value).finally(() => wipe(value));
  }
  const call = { step: "make", name, home, provider, id: async () => (await begun()).id } as const;
  const value = await callProvider(deps, { ...call, ...told(deps) });
  return keep(value).finally(() => wipe(value));
}

async function settleBy(deps: RotateDeps, rotation: RotationInfo, step: ProviderStep): Promise<void> {
  const { name, home, id, provider } = rotation;
  if (provider === undefined) return;
  await callProvider(deps, { step, name, home, provider, id: async () => id, ...told(deps) });
}

/** Both ends are as they were. Where that fails too, the rotation stays, and says so itself. */
async function giveUpAfter(deps: RotateDeps, rotation: RotationInfo, error: unknown): Promise<void> {
  const { home, id, provider } = rotation;
  // Without a program nothing was made anywhere else: also a person who thinks better of it at the prompt ends it.
  if (provider === undefined ? !isVaultError(error) : !isVaultError(error, ...GIVE_UP)) return;
  try {
    const discarding = await deps.access.rotate({ kind: "discard", home, id });
    // What could not be started has made nothing.
    if (isVaultError(error, "command-not-found", "cwd-invalid")) await deps.access.rotate({ kind: "end", home, id });
    else await toTheEnd(deps, discarding && withProvider(discarding, provider));
  } catch (second) {
    if (!isVaultError(second)) throw second;
  }
}

/** What will not go away by trying again. Not: a full disk, a server that can't be reached, a person who interrupts. */
const GIVE_UP = [
  "run-failed",
  "value-invalid",
  "limit-exceeded",
  "vault-conflict",
  "secret-not-found",
  "not-permitted",
  "command-not-found",
  "cwd-invalid",
] as const;

/** A person may have named another program than the one that is kept. */
function withProvider(rotation: RotationInfo, provider: RotationInfo["provider"]): RotationInfo {
  return provider === undefined ? rotation : { ...rotation, provider };
}

function told({ client, onOutput, signal }: RotateDeps): Pick<ProviderCall, "client" | "onOutput" | "signal"> {
  return { client, ...(onOutput === undefined ? {} : { onOutput }), ...(signal === undefined ? {} : { signal }) };
}
