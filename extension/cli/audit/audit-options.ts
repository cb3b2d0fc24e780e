import type { AuditFilter } from "#core/run/audit/audit-filter.ts";
import { requireSecretName } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import { type UserConfig, usualHours } from "#mcp/device/user-config.ts";
import type { AuditLine } from "./audit-line.ts";

/** As they are typed. */
export interface FilterOptions {
  readonly since?: string;
  readonly until?: string;
  readonly secret?: string;
  readonly client?: string;
  readonly action?: string;
  readonly anomalies?: true;
}

export function filterOf(options: FilterOptions, config: UserConfig): AuditFilter {
  const { since, until, secret, client, action, anomalies } = options;
  const hours = usualHours(config);
  return {
    ...(since === undefined ? {} : { since: timeOf("--since", since, Date.now()) }),
    ...(until === undefined ? {} : { until: timeOf("--until", until, Date.now()) }),
    ...(secret === undefined ? {} : { name: requireSecretName(secret) }),
    ...(client === undefined ? {} : { client }),
    ...(action === undefined ? {} : { action }),
    anomalies: hours === undefined ? {} : { hours },
    ...(anomalies === undefined ? {} : { onlyAnomalies: true }),
  };
}

/** The server knows no names and no clients: what asks for those, only the vault's own entries tell. */
export function isOfServer(line: AuditLine, { name, client, onlyAnomalies, ...rest }: AuditFilter): boolean {
  if (name !== undefined || client !== undefined || onlyAnomalies) return false;
  const { since = 0, until = Number.POSITIVE_INFINITY, action } = rest;
  return line.time >= since && line.time < until && (action === undefined || line.action === action);
}

export function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new VaultError("argument-invalid", "--last takes a number from 1 on.");
}

function timeOf(option: string, text: string, now: number): number {
  const ago = /^(\d{1,6})([mhd])$/.exec(text);
  if (ago !== null) return now - Number(ago[1]) * UNIT_MS[ago[2] as keyof typeof UNIT_MS]; // by the pattern
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new VaultError(
    "argument-invalid",
    `${option} takes a date such as 2027-01-31, or a time ago such as 30m, 2h or 7d.`,
  );
}

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
