/** A bucket for each caller: `burst` at once, and `perSecond` of them again each second. */
export interface RateLimit {
  /** Seconds to wait, or undefined when the call may go on. */
  take(key: string, now: number): number | undefined;
}

export function rateLimit(perSecond: number, burst: number): RateLimit {
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    take(key, now) {
      const bucket = buckets.get(key) ?? { left: burst, at: now };
      bucket.left = Math.min(burst, bucket.left + (Math.max(0, now - bucket.at) / 1000) * perSecond);
      bucket.at = now;
      // The last one used is the last one in the map, so that the first is the one to forget.
      buckets.delete(key);
      buckets.set(key, bucket);
      if (buckets.size > MOST_KEYS) buckets.delete(buckets.keys().next().value!);
      if (bucket.left < 1) return Math.ceil((1 - bucket.left) / perSecond);
      bucket.left--;
      return undefined;
    },
  };
}

const MOST_KEYS = 50_000;
