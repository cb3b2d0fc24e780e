import { z } from "zod";
import type { ChangesAnswer } from "#core/store/contract.ts";
import { Problem } from "../problem.ts";
import { id, number } from "../sealed/fields.ts";
import { deviceRoute } from "../sealed/route.ts";
import { changesSince } from "../storage/changes.ts";
import type { Database } from "../storage/database.ts";
import type { Routes } from "../tokens.ts";

export function changeRoutes(database: Database, epochNow: () => string): Routes {
  return [
    deviceRoute({
      method: "GET",
      path: "/changes",
      summary: "What changed after a revision; waits for it, 25 seconds at most.",
      query: z.strictObject({ since: number, wait: number.optional(), epoch: id.optional() }),
      async handle({ query: { since, wait = 0, epoch: known }, signal }, { account }) {
        if (wait > MOST_WAIT) throw new Problem("invalid");
        const epoch = epochNow();
        if (known !== undefined && known !== epoch) throw new Problem("resync_required");
        const end = performance.now() + wait * 1000;
        // Watched before it is read: a change in between is not missed.
        const watch = database.watch(account);
        try {
          for (;;) {
            const changes = await database.read((tx) => changesSince(tx, account, since));
            if (changes !== undefined) return { status: 200, body: { ...changes, epoch } satisfies ChangesAnswer };
            const left = end - performance.now();
            if (left <= 0 || signal.aborted) {
              return { status: 200, body: { revision: since, epoch, environments: [] } satisfies ChangesAnswer };
            }
            await watch.news(left, signal);
          }
        } finally {
          watch.close();
        }
      },
    }),
  ];
}

const MOST_WAIT = 25;
