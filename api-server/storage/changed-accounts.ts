import type { Tx } from "./schema.ts";

/** The accounts that a transaction gave a new revision. Who waits for one of them is woken after the commit. */
const CHANGED = new WeakMap<Tx, Set<string>>();

export function noteChanged(tx: Tx, account: string): void {
  const known = CHANGED.get(tx);
  if (known === undefined) CHANGED.set(tx, new Set([account]));
  else known.add(account);
}

export function changedIn(tx: Tx): ReadonlySet<string> {
  return CHANGED.get(tx) ?? NONE;
}

const NONE: ReadonlySet<string> = new Set();
