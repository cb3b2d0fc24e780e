import type { SecretInfo } from "../run/vault-access.ts";

type Aged = Pick<SecretInfo, "updatedAt" | "valueSince" | "rotateAfterDays">;

/** When a new value is due (ms since 1970), or undefined: never. Counted from the value's own age, not from its notes'. */
export function rotationDueAt({ updatedAt, valueSince = updatedAt, rotateAfterDays }: Aged): number | undefined {
  return rotateAfterDays === undefined ? undefined : valueSince + rotateAfterDays * DAY_MS;
}

/** Whole days until a new value is due: 0 = today, less = overdue for so many; undefined = never. */
export function dueInDays(secret: Aged, now: number): number | undefined {
  const due = rotationDueAt(secret);
  return due === undefined ? undefined : Math.floor((due - now) / DAY_MS);
}

export function isDue(secret: Aged, now: number): boolean {
  const due = rotationDueAt(secret);
  return due !== undefined && due <= now;
}

const DAY_MS = 86_400_000;
