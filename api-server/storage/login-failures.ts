import { Problem } from "../problem.ts";
import type { Tx } from "./schema.ts";

/**
 * Counts a try before it is judged, so that tries at the same time count too; a login that succeeds forgets them.
 * Refuses the sixth in 15 minutes.
 */
export async function countLoginTry(tx: Tx, account: string, time: number): Promise<void> {
  const { failures, since } = await tx
    .insertInto("login_failures")
    .values({ account, since: time, failures: 1 })
    .onConflict((conflict) =>
      conflict.column("account").doUpdateSet((eb) => ({
        since: eb
          .case()
          .when("login_failures.since", "<=", time - WINDOW)
          .then(time)
          .else(eb.ref("login_failures.since"))
          .end(),
        failures: eb
          .case()
          .when("login_failures.since", "<=", time - WINDOW)
          .then(1)
          .else(eb("login_failures.failures", "+", 1))
          .end(),
      })),
    )
    .returning(["failures", "since"])
    .executeTakeFirstOrThrow();
  if (failures > MOST_FAILURES) {
    throw new Problem("rate_limited", { retry_after: Math.ceil((since + WINDOW - time) / 1000) });
  }
}

export async function forgetLoginTries(tx: Tx, account: string): Promise<void> {
  await tx.deleteFrom("login_failures").where("account", "=", account).execute();
}

export const MOST_FAILURES = 5;
export const WINDOW = 15 * 60_000;
