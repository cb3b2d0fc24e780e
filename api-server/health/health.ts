import type { Database } from "../storage/database.ts";

/** Whether this instance should get calls. */
export interface Health {
  /** The state for `readyz`. */
  check(): Promise<"ready" | "draining" | "unavailable" | "failed">;
  /** Stops: calls that came are answered, and no new ones are asked for. */
  drain(): void;
  /** The storage is damaged: nothing is served any more. */
  fail(): void;
}

export function health(database: Database): Health {
  let state: "ready" | "draining" | "failed" = "ready";
  return {
    async check() {
      if (state !== "ready") return state;
      try {
        await database.check();
        return "ready";
      } catch {
        return "unavailable";
      }
    },
    drain() {
      if (state === "ready") state = "draining";
    },
    fail() {
      state = "failed";
    },
  };
}
