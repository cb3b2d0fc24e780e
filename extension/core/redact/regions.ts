import type { Region } from "./inspect.ts";

/** Regions without overlaps, in order. Where several secrets share bytes, the one that shows most gives its name. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly secret: number;
  /** All the secrets in it. */
  readonly secrets: readonly number[];
}

export function mergeRegions(regions: readonly Region[]): Span[] {
  const sorted = regions.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const spans: Span[] = [];
  let best = 0;
  for (const region of sorted) {
    const last = spans.at(-1);
    if (last === undefined || region.start >= last.end) {
      spans.push({ start: region.start, end: region.end, secret: region.secret, secrets: [region.secret] });
      best = region.run;
      continue;
    }
    const wins = region.run > best;
    best = Math.max(best, region.run);
    spans[spans.length - 1] = {
      start: last.start,
      end: Math.max(last.end, region.end),
      secret: wins ? region.secret : last.secret,
      secrets: last.secrets.includes(region.secret) ? last.secrets : [...last.secrets, region.secret],
    };
  }
  return spans;
}
