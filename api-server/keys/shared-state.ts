import type { Database } from "../storage/database.ts";
import { readEpoch } from "../storage/epoch.ts";
import type { SealKeys } from "./seal-keys.ts";

/** What all instances on a database share, and what another process may change under them. */
export interface SharedState {
  /** Another one after a restore. */
  epoch(): string;
  /** Takes up what changed: one small read, so that it can be done each second. */
  look(): Promise<void>;
}

export async function sharedState(database: Database, keys: SealKeys): Promise<SharedState> {
  let epoch = await readEpoch(database);
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    const rows = await database.read((tx) => tx.selectFrom("server_state").selectAll().execute());
    const state = new Map(rows.map(({ name, value }) => [name, value]));
    epoch = state.get("epoch") ?? epoch;
    // After `rotate-keys`, or what another instance made: calls to the keys of before are opened no more.
    if (Number(state.get("key_sequence")) !== keys.sequence()) await keys.refresh();
  }

  return {
    epoch: () => epoch,
    look() {
      // While the database doesn't answer, one waits for it, and not one more each second.
      looking ??= look().finally(() => {
        looking = undefined;
      });
      return looking;
    },
  };
}
