import { type Matcher, redactText } from "../../redact/matcher.ts";
import type { Environment } from "../child-env.ts";
import type { LeasedSecret } from "../vault-access.ts";
import { visible } from "../visible-text.ts";
import { alsoHiding } from "./also-hiding.ts";
import type { PlaceholderReport } from "./held-secret.ts";

export interface StandIns {
  /** To be laid over the child's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Knows the proxy's credentials too. */
  readonly matcher: Matcher;
  /** For a sandbox: its only way out. */
  readonly proxy: string | undefined;
  /** To be called before `close`, and before the run's matcher is wiped. */
  report(): PlaceholderReport | undefined;
  /** The proxy ended itself, because answers held parts of a value. */
  wasStopped(): boolean;
  close(): Promise<void>;
}

/** Stand-ins for those of a lease's secrets that have a rule. Without any, nothing is started. */
export async function openStandIns(
  secrets: readonly LeasedSecret[],
  run: { readonly matcher: Matcher; readonly parentEnv: Environment; readonly isSandboxed: boolean },
): Promise<StandIns> {
  const ruled = secrets.flatMap(({ name, value, placeholder }) =>
    placeholder === undefined ? [] : [{ name, value, ...placeholder }],
  );
  if (ruled.length === 0) {
    const nothing = { report: () => undefined, wasStopped: () => false, close: async () => undefined };
    return { env: {}, matcher: run.matcher, proxy: undefined, ...nothing };
  }
  // Loaded late: most runs have no placeholders.
  const { openPlaceholders } = await import("./open-placeholders.ts");
  const { env, proxy, credentials, report, wasStopped, close } = await openPlaceholders({ ...run, secrets: ruled });
  const matcher = alsoHiding(run.matcher, credentials);
  return { ...{ env, proxy, matcher, wasStopped, close }, report: () => withoutValues(report(), matcher) };
}

/** A remark names places as the child has written them, which may be by a value of the run. */
function withoutValues(report: PlaceholderReport, matcher: Matcher): PlaceholderReport {
  return { ...report, remarks: report.remarks.map((remark) => shortened(visible(redactText(matcher, remark)))) };
}

function shortened(text: string): string {
  return text.length > MAX_REMARK ? `${text.slice(0, MAX_REMARK)}…` : text;
}

const MAX_REMARK = 240;
