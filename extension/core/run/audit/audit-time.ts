/** A date such as 2027-01-31, or a time ago such as 30m, 2h or 7d, as ms since 1970; undefined = neither. */
export function auditTime(text: string, now: number): number | undefined {
  const ago = /^(\d{1,6})([mhd])$/.exec(text);
  if (ago !== null) return now - Number(ago[1]) * UNIT_MS[ago[2] as keyof typeof UNIT_MS]; // by the pattern
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
