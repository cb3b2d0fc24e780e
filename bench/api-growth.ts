import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { type ApiProcessOptions, startApiProcess } from "../test/api-server/failures/api-process.ts";
import { type Cluster, query } from "../test/api-server/failures/postgres-cluster.ts";
import { temporaryFolder } from "../test/temporary-folder.ts";
import { AT_ONCE, measureOnce, medians, type Rate, waysOn } from "./api-ways.ts";
import { printTable } from "./measure.ts";

const SIZES = [1, 1000, 100_000];
/** Each environment that is put in has so many, so that the largest store has a million. */
const RECORDS = 10;

/** The same calls beside 1, 1,000 and 100,000 environments of others, which are put in by SQL. */
export async function growth(cluster: Cluster): Promise<void> {
  const rows: string[][] = [];
  for (const on of ["SQLite", "PostgreSQL"] as const) {
    let first: readonly Rate[] | undefined;
    for (const environments of SIZES) {
      const name = await cluster.newDatabase();
      const folder = temporaryFolder("ov-bench-growth-");
      const options: ApiProcessOptions = {
        ...{ folder, isOpen: true },
        ...(on === "PostgreSQL" && { databaseUrl: cluster.url(name) }),
      };
      await (await startApiProcess(options)).stop(); // makes the schema
      await fill(options, environments);
      const api = await startApiProcess(options);
      const unsealed = await startApiProcess(options, [], fileURLToPath(new URL("api-unsealed.ts", import.meta.url)));
      const ways = (await waysOn(api, unsealed, { read: AT_ONCE * 4, write: AT_ONCE })).filter(({ name: way }) =>
        way.endsWith(" sealed"),
      );
      const rates: Rate[] = [];
      for (const way of ways) {
        const rounds: Rate[] = [];
        for (let round = 0; round < 5; round++) rounds.push(await measureOnce(way));
        rates.push(medians(rounds));
      }
      first ??= rates;
      const { rss } = await api.usage();
      await unsealed.stop();
      await api.stop();
      const cells = rates.map(({ cpu, p50 }, at) => {
        return `${p50.toFixed(1)} (${(p50 / first![at]!.p50).toFixed(1)}×), CPU ${cpu.toFixed(2)}`;
      });
      const records = (environments * RECORDS).toLocaleString("en");
      const size = `${Math.round((await sizeOf(options)) / 1e6)} MB`;
      rows.push([on, environments.toLocaleString("en"), records, ...cells, size, `${Math.round(rss / 1e6)} MB`]);
    }
  }
  printTable(["On", "Environments", "Records", "304, ms", "20 records, ms", "Write, ms", "Database", "Memory"], rows);
}

async function fill({ folder, databaseUrl }: ApiProcessOptions, environments: number): Promise<void> {
  const filler = (bytes: number): string => randomBytes(bytes).toString("hex");
  if (databaseUrl !== undefined) {
    const id = (text: string): string => `md5(${text})`;
    const hash = `md5(e || ' ' || r) || md5(r || ' ' || e)`;
    await query(
      databaseUrl,
      `INSERT INTO environments (id, account, counter, head, items, revision, deleted_at)
        SELECT ${id("'e' || e")}, ${id("'a' || e / 10")}, 1, '\\x${filler(400)}', '\\x${filler(890)}', e, NULL
        FROM generate_series(1, ${environments}) e;
      INSERT INTO heads (environment, counter, head, write_id, body_hash)
        SELECT ${id("'e' || e")}, 1, '\\x${filler(400)}', ${id("'w' || e")}, '${filler(32)}' FROM generate_series(1, ${environments}) e;
      INSERT INTO records (environment, item, version, epoch, hash, bytes, counter)
        SELECT ${id("'e' || e")}, ${id("e || ' ' || r")}, 1, 1, ${hash}, '\\x${filler(100)}', 1
        FROM generate_series(1, ${environments}) e, generate_series(1, ${RECORDS}) r;
      ANALYZE`,
    );
    return;
  }
  const database = new DatabaseSync(join(folder, "vaults.db"));
  const id = (text: string): string => `substr(lower(hex(${text})) || '${"0".repeat(32)}', 1, 32)`;
  const series = (name: string, end: number): string =>
    `WITH RECURSIVE ${name}s(${name}) AS (SELECT 1 UNION ALL SELECT ${name} + 1 FROM ${name}s WHERE ${name} < ${end})`;
  database.exec("PRAGMA synchronous = OFF; BEGIN");
  database.exec(`${series("e", environments)} INSERT INTO environments (id, account, counter, head, items, revision, deleted_at)
    SELECT ${id("'e' || e")}, ${id("'a' || e / 10")}, 1, x'${filler(400)}', x'${filler(890)}', e, NULL FROM es`);
  database.exec(`${series("e", environments)} INSERT INTO heads (environment, counter, head, write_id, body_hash)
    SELECT ${id("'e' || e")}, 1, x'${filler(400)}', ${id("'w' || e")}, '${filler(32)}' FROM es`);
  database.exec(`${series("n", environments * RECORDS)} INSERT INTO records (environment, item, version, epoch, hash, bytes, counter)
    SELECT ${id(`'e' || (1 + (n - 1) / ${RECORDS})`)}, lower(hex(randomblob(16))), 1, 1, lower(hex(randomblob(32))), x'${filler(100)}', 1 FROM ns`);
  database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
}

async function sizeOf({ folder, databaseUrl }: ApiProcessOptions): Promise<number> {
  if (databaseUrl === undefined) return statSync(join(folder, "vaults.db")).size;
  const [row] = await query(databaseUrl, "SELECT pg_database_size(current_database())::float8 AS size");
  return (row as { size: number }).size; // of the statement above
}
