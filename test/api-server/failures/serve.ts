// The server in a process of its own, to be killed, starved and cut off: `node serve.ts '{"folder": …}'`. It is the same
// `startApi` as ov-api's; only rates that no test reaches, and a clock that may be wrong, are put in.
import { startApi } from "../../../api-server/start-api.ts";

interface Told {
  readonly folder: string;
  readonly databaseUrl?: string;
  readonly keyFile?: string;
  readonly port?: number;
  readonly isOpen?: boolean;
  /** What its clock is ahead, in ms. */
  readonly ahead?: number;
}

const { ahead = 0, ...options } = JSON.parse(process.argv[2]!) as Told; // only api-process.ts starts it
const now = (): number => Date.now() + ahead;
const rates = { device: [1e6, 1e6], address: [1e6, 1e6] } as const;
const api = await startApi({ ...options, rates, now, onCorrupt: () => process.exit(70) });
process.stdout.write(`${JSON.stringify({ url: api.url, serverId: api.serverId, pid: process.pid })}\n`);
process.on("message", () => process.send?.(process.memoryUsage()));
process.once("SIGTERM", () => void api.close().then(() => process.exit(0)));
