import { exposeLeaked } from "../expose-leaked.ts";
import { PieceCount } from "../piece-count.ts";
import type { RunAlarm, VaultAccess } from "../vault-access.ts";
import { stillVisible } from "../visible-text.ts";
import type { HeldVault, Leased } from "./held-vault.ts";

/** The end of runs, of which pieces of values are counted together: how each went, and what of it a person is told. */
export function newSettle(held: HeldVault): VaultAccess["settle"] {
  const { session, approvals, leases, idle } = held;
  const pieces = new PieceCount();
  return async (id, outcome) => {
    const lease = leases.get(id);
    if (lease === undefined || !leases.delete(id) || session.locked) return;
    // What runs for longer than the idle time is a use until its end.
    idle.used();
    const { client, names, context } = lease;
    const exitCode = outcome.exitCode === undefined ? {} : { exitCode: outcome.exitCode };
    const { leakedFiles = 0 } = outcome;
    const left = leakedFiles === 0 ? "" : `, left values in ${leakedFiles} file${leakedFiles === 1 ? "" : "s"}`;
    const parts = outcome.stopped ? ", stopped because answers held parts of a value" : "";
    const told = outcome.outcome + left + parts + alarmed(held, lease, pieces.alarm(lease, outcome));
    const body = { actor: client, action: "run-ended", names, outcome: told, ...exitCode } as const;
    // Somebody may be finding a value out, run by run: each further one is for a person to allow.
    if (outcome.stopped) approvals.end("all");
    await exposeLeaked(session, lease, outcome);
    await session.audit(body, context);
  };
}

/** The next use in that environment is asked about again, and the person is told. Of the lease's own names only. */
function alarmed(
  { approvals, options }: HeldVault,
  { context, names, client }: Leased,
  alarm: RunAlarm | undefined,
): string {
  if (alarm === undefined) return "";
  const evasive = names.filter((name) => alarm.evasive.includes(name));
  const { dumped } = alarm;
  const hasEnded = approvals.endOf(context);
  options.onAlarm?.({ client: stillVisible(client), context, dumped, evasive });
  return [
    dumped ? ", printed its environment" : "",
    evasive.length === 0 ? "" : `, printed ${evasive.join(" and ")} in disguise`,
    hasEnded ? ", its approvals ended" : "",
  ].join("");
}
