import type { SecretInfo } from "../run/vault-access.ts";

/** When a new value is due (ms since 1970), or undefined: never. Counted from the value's own age, not from its notes'. */
export function rotationDueAt({
  updatedAt,
  valueSince = updatedAt,
  rotateAfterDays,
}: Pick<SecretInfo, "updatedAt" | "valueSince" | "rotateAfterDays">): number | undefined {
  return rotateAfterDays === undefined ? undefined : valueSince + rotateAfterDays * DAY_MS;
}

const DAY_MS = 86_400_000;
