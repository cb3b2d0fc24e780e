import type { AuditFilter } from "#core/run/audit/audit-filter.ts";
import { auditTime } from "#core/run/audit/audit-time.ts";
import { formatContext, parseContext, requireSecretName } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import { type UserConfig, usualHours } from "#mcp/device/user-config.ts";

/** As they are typed. */
export interface FilterOptions {
  readonly since?: string;
  readonly until?: string;
  readonly secret?: string;
  readonly env?: string;
  readonly client?: string;
  readonly action?: string;
  readonly anomalies?: true;
}

export function filterOf(options: FilterOptions, config: UserConfig): AuditFilter {
  const { since, until, secret, env, client, action, anomalies } = options;
  const hours = usualHours(config);
  return {
    ...(since === undefined ? {} : { since: timeOf("--since", since, Date.now()) }),
    ...(until === undefined ? {} : { until: timeOf("--until", until, Date.now()) }),
    ...(secret === undefined ? {} : { name: requireSecretName(secret) }),
    ...(env === undefined ? {} : { context: formatContext(parseContext(env)) }),
    ...(client === undefined ? {} : { client }),
    ...(action === undefined ? {} : { action }),
    anomalies: hours === undefined ? {} : { hours },
    ...(anomalies === undefined ? {} : { onlyAnomalies: true }),
  };
}

export function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new VaultError("argument-invalid", "--last takes a number from 1 on.");
}

function timeOf(option: string, text: string, now: number): number {
  const time = auditTime(text, now);
  if (time !== undefined) return time;
  throw new VaultError(
    "argument-invalid",
    `${option} takes a date such as 2027-01-31, or a time ago such as 30m, 2h or 7d.`,
  );
}
