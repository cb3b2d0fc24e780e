// What bench/api.ts compares the sealed server with: the same operations by the same handlers on the same database, as plain
// JSON without a seal and without a proof of who calls; and Fastify alone. Started by api-process.ts, never shipped.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { METHODS, type Method } from "#core/crypto/ov-seal.ts";
import { environmentRoutes } from "../api-server/environments/environment-routes.ts";
import { serverIdentity } from "../api-server/keys/server-identity.ts";
import { LIMITS } from "../api-server/limits.ts";
import { router } from "../api-server/sealed/router.ts";
import { openPostgres } from "../api-server/storage/postgres-database.ts";
import { openSqliteBeside } from "../api-server/storage/sqlite-database.ts";

interface Plain {
  readonly method: Method;
  readonly path: string;
  readonly account: string;
  readonly body?: unknown;
}

const { folder, databaseUrl } = JSON.parse(process.argv[2]!) as { folder: string; databaseUrl?: string }; // api-process.ts
const database = databaseUrl === undefined ? openSqliteBeside(join(folder, "vaults.db")) : openPostgres(databaseUrl);
const { sign } = serverIdentity(randomBytes(32));
const find = router(environmentRoutes(database, sign, { isOpen: true, quota: LIMITS.quota }));
const never = new AbortController().signal;
const device = "0".repeat(32);

// Of Nest only the Fastify in it: nothing of Nest is between a request and these handlers.
const app = new FastifyAdapter({ bodyLimit: LIMITS.request }).getInstance();
app.get("/bare", (_request, reply) => void reply.send("ok\n"));
app.post("/plain", async (request, reply) => {
  const { method, path, account, body } = request.body as Plain; // bench/api-ways.ts sends it
  if (!METHODS.includes(method)) return reply.status(400).send();
  const { route, params, query } = find(method, path);
  const call = { params, query, body: route.body?.parse(body), bodyHash: "0".repeat(64), time: Date.now() };
  const once = { hash: randomBytes(32).toString("hex"), expiresAt: Date.now() + 300_000 };
  const answer = await route.handle({ ...call, signal: never, once }, { account, device });
  return reply.status(answer.status).send(answer.body);
});
const url = await app.listen({ port: 0, host: "127.0.0.1" });
process.stdout.write(`${JSON.stringify({ url, serverId: "", pid: process.pid })}\n`);
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ ...process.memoryUsage(), cpu: (user + system) / 1000 });
});
process.once("SIGTERM", () => void app.close().then(() => process.exit(0)));
