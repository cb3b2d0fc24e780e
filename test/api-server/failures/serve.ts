// The server in a process of its own, to be killed, starved and cut off: `node serve.ts '{"folder": …}'`. It is the same
// `startApi` as ov-api's; only rates that no test reaches, and a clock that may be wrong, are put in.
import { openDatabase } from "../../../api-server/place.ts";
import { startApi } from "../../../api-server/start-api.ts";
import { migrate } from "../../../api-server/storage/migrate.ts";
import { MIGRATIONS } from "../../../api-server/storage/migrations.ts";

interface Told {
  readonly folder: string;
  readonly databaseUrl?: string;
  readonly keyFile?: string;
  readonly port?: number;
  readonly isOpen?: boolean;
  /** What its clock is ahead, in ms. */
  readonly ahead?: number;
  /** As the next version would begin: with one more step of the schema, which only expands. */
  readonly isNext?: boolean;
}

const NEXT = {
  name: "999 next",
  statements: [
    "ALTER TABLE heads ADD COLUMN next_note TEXT",
    "ALTER TABLE devices ADD COLUMN next_count BIGINT NOT NULL DEFAULT 0",
    "CREATE TABLE next_things (id TEXT PRIMARY KEY, bytes BYTES NOT NULL)",
    "CREATE INDEX heads_by_note ON heads (next_note)",
  ],
};

const { ahead = 0, isNext = false, ...options } = JSON.parse(process.argv[2]!) as Told; // only api-process.ts starts it
const now = (): number => Date.now() + ahead;
const rates = { device: [1e6, 1e6], address: [1e6, 1e6] } as const;
if (isNext) {
  const database = await openDatabase(options);
  await migrate(database, { migrations: [...MIGRATIONS, NEXT] }).finally(() => database.close());
}
const api = await startApi({ ...options, rates, now, onCorrupt: () => process.exit(70) });
process.stdout.write(`${JSON.stringify({ url: api.url, serverId: api.serverId, pid: process.pid })}\n`);
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ ...process.memoryUsage(), cpu: (user + system) / 1000 });
});
process.once("SIGTERM", () => void api.close().then(() => process.exit(0)));
