import { z } from "zod";
import { deviceRoute } from "../sealed/route.ts";
import type { Database } from "../storage/database.ts";
import type { Routes } from "../tokens.ts";
import { parseCursor } from "./export-cursor.ts";
import { exportPage } from "./export-page.ts";

export function exportRoutes(database: Database, epoch: () => string): Routes {
  return [
    deviceRoute({
      method: "GET",
      path: "/export",
      summary: "All ciphertext of the account as of one moment, in pages of NDJSON. 410: it changed, begin again.",
      query: z.strictObject({ cursor: z.string().max(300).optional() }),
      ndjson: true,
      async handle({ query: { cursor } }, { account }) {
        const from = cursor === undefined ? undefined : parseCursor(cursor);
        const lines = await database.snapshot((tx) => exportPage(tx, account, epoch(), from));
        return { status: 200, lines };
      },
    }),
  ];
}
