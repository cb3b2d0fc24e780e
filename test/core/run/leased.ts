import type { RunDeps } from "#core/run/held-lease.ts";
import { MatcherCache } from "#core/run/matcher-cache.ts";
import { compileRunMatcher } from "#core/run/run-matcher.ts";
import type { LeaseRequest, PlaceholderRule, RunOutcome } from "#core/run/vault-access.ts";
import { requireContext, requireSecretName } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";

export const API_KEY = "sk_test_4eC39HqLyjWDarjtT1zdp7dc";

export interface Leased {
  readonly deps: RunDeps;
  /** What happened, in order. */
  readonly events: ("lease" | "settle")[];
  readonly requests: LeaseRequest[];
  readonly outcomes: RunOutcome[];
  /** The byte arrays that were handed out. */
  readonly handedOut: Uint8Array[];
}

/** A vault that grants every lease, or refuses it, and notes what it was asked. */
export function leased(
  values: Readonly<Record<string, string | Uint8Array>> = { API_KEY },
  options: {
    readonly refuse?: boolean;
    readonly parentEnv?: RunDeps["parentEnv"];
    readonly onLease?: () => void;
    /** Of the secrets in placeholder mode, by name. */
    readonly placeholders?: Readonly<Record<string, PlaceholderRule>>;
  } = {},
): Leased {
  const events: Leased["events"] = [];
  const requests: LeaseRequest[] = [];
  const outcomes: RunOutcome[] = [];
  const handedOut: Uint8Array[] = [];
  const access: RunDeps["access"] = {
    lease: async (request) => {
      events.push("lease");
      requests.push(request);
      options.onLease?.();
      if (options.refuse) throw new VaultError("denied-by-user", "A person refused this use. Ask them first.");
      const secrets = Object.entries(values).map(([name, value]) => ({
        name: requireSecretName(name),
        value: Uint8Array.from(Buffer.from(value)),
        ...(options.placeholders?.[name] === undefined ? {} : { placeholder: options.placeholders[name] }),
      }));
      handedOut.push(...secrets.map((secret) => secret.value));
      return { id: "lease-1", secrets, fingerprint: JSON.stringify(Object.entries(values)) };
    },
    settle: async (_id, outcome) => {
      events.push("settle");
      outcomes.push(outcome);
    },
  };
  const { PATH, HOME } = process.env;
  const parentEnv = options.parentEnv ?? { PATH, HOME, TERM: "xterm-256color" };
  return { deps: { access, parentEnv, matchers: sureMatchers() }, events, requests, outcomes, handedOut };
}

/**
 * With a canary that is the same each time: whether a line without a value is held back until the next one hangs on
 * what its canary looks like, once in 300 lines.
 */
export function sureMatchers(): MatcherCache {
  const canary = { name: "CORE_SESSION_KEY", value: Buffer.from("Xq7ZkWv3RmTz9HcJpL5yBd8NgF2sQx4K") };
  return new MatcherCache((values) => compileRunMatcher(values, canary));
}

export const CONTEXT = requireContext("shop", "dev");
