import { Problem } from "../problem.ts";
import { MOST_FAILURES, WINDOW } from "../storage/login-failures.ts";

/**
 * Tries to log in to accounts that nobody has end like those on real ones, so that the sixth tells nothing. They are
 * counted in memory: who invents ids must not fill the database.
 */
export function unknownAccountTries(most = 10_000): (account: string, time: number) => void {
  const tries = new Map<string, { readonly since: number; failures: number }>();
  return (account, time) => {
    const known = tries.get(account);
    const current = known !== undefined && known.since > time - WINDOW ? known : { since: time, failures: 0 };
    current.failures++;
    tries.delete(account);
    tries.set(account, current);
    if (tries.size > most) tries.delete(tries.keys().next().value!);
    if (current.failures > MOST_FAILURES) {
      throw new Problem("rate_limited", { retry_after: Math.ceil((current.since + WINDOW - time) / 1000) });
    }
  };
}
