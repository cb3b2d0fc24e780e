import type { Matcher } from "../../redact/matcher.ts";
import type { SecretName } from "../../vault/context.ts";
import type { Environment, NamedValue } from "../child-env.ts";
import { alsoHiding } from "./also-hiding.ts";
import type { PlaceholderReport } from "./held-secret.ts";

/** One secret that a run gets as a placeholder, and where its value may go instead. */
export interface PlaceholderRule {
  readonly name: SecretName;
  readonly allowedHosts: readonly string[];
  readonly places?: readonly string[];
}

export interface StandIns {
  /** To be laid over the child's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Knows the proxy's credentials too. */
  readonly matcher: Matcher;
  /** For a sandbox: its only way out. */
  readonly proxy: string | undefined;
  report(): PlaceholderReport | undefined;
  close(): Promise<void>;
}

/** Stand-ins for those of a run's secrets that a rule names. Without any, nothing is started. */
export async function openStandIns(
  secrets: readonly NamedValue[],
  rules: readonly PlaceholderRule[],
  run: { readonly matcher: Matcher; readonly parentEnv: Environment; readonly isSandboxed: boolean },
): Promise<StandIns> {
  const named = rules.flatMap((rule) => {
    const secret = secrets.find(({ name }) => name === rule.name);
    return secret === undefined ? [] : [{ ...rule, value: secret.value }];
  });
  if (named.length === 0) {
    return { env: {}, matcher: run.matcher, proxy: undefined, report: () => undefined, close: async () => undefined };
  }
  // Loaded late: most runs have no placeholders.
  const { openPlaceholders } = await import("./open-placeholders.ts");
  const { env, proxy, credentials, report, close } = await openPlaceholders({ ...run, secrets: named });
  return { ...{ env, proxy, report, close }, matcher: alsoHiding(run.matcher, credentials) };
}
