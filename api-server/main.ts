#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command } from "commander";
import envPaths from "env-paths";
import { pino } from "pino";
import { type ApiOptions, openDatabase, startApi } from "./start-api.ts";
import { migrate } from "./storage/migrate.ts";
import { DatabaseCorrupt } from "./storage/sqlite-database.ts";
import { DatabaseInUse } from "./storage/sqlite-owner.ts";

const program = new Command("ov-api").description(
  "The ciphertext store of OpaqueVault: it orders writes and can read none.",
);

program
  .command("serve", { isDefault: true })
  .description("serve until it is told to stop; on SQLite, or on PostgreSQL by DATABASE_URL")
  .option(
    "--folder <folder>",
    "the database and the server's keys (OV_API_FOLDER)",
    process.env.OV_API_FOLDER ?? envPaths("opaquevault-api", { suffix: "" }).data,
  )
  .option("--host <address>", "the address to listen on", process.env.OV_API_HOST ?? "127.0.0.1")
  .option("--port <port>", "the port to listen on; 0 = any", process.env.OV_API_PORT ?? "8420")
  .option("--tls-key <file>", "PEM of the TLS key; without it, TLS is a proxy's")
  .option("--tls-cert <file>", "PEM of the TLS certificate")
  .option("--trust-proxy <addresses>", "proxies whose X-Forwarded-For is believed")
  .option("--metrics-port <port>", "Prometheus metrics on 127.0.0.1")
  .option("--open", "anybody may create an account; otherwise the first one closes the door")
  .action(serve);

program
  .command("migrate")
  .description("bring the database to this version's schema, and end")
  .option(
    "--folder <folder>",
    "the database's folder",
    process.env.OV_API_FOLDER ?? envPaths("opaquevault-api", { suffix: "" }).data,
  )
  .action(async ({ folder }: { folder: string }) => {
    const database = await openDatabase({ folder, databaseUrl: process.env.DATABASE_URL });
    await migrate(database).finally(() => database.close());
  });

interface ServeOptions {
  readonly folder: string;
  readonly host: string;
  readonly port: string;
  readonly tlsKey?: string;
  readonly tlsCert?: string;
  readonly trustProxy?: string;
  readonly metricsPort?: string;
  readonly open?: true;
}

async function serve(options: ServeOptions): Promise<void> {
  const { tlsKey, tlsCert } = options;
  if ((tlsKey === undefined) !== (tlsCert === undefined)) program.error("--tls-key and --tls-cert go together.");
  const log = pino({ level: "info" }, pino.destination(2));
  const api = await startApi({
    folder: options.folder,
    databaseUrl: process.env.DATABASE_URL,
    host: options.host,
    port: portOf(options.port),
    ...(tlsKey === undefined || tlsCert === undefined
      ? {}
      : { tls: { key: readFileSync(tlsKey), cert: readFileSync(tlsCert) } }),
    trustProxy: options.trustProxy,
    metricsPort: options.metricsPort === undefined ? undefined : portOf(options.metricsPort),
    isOpen: options.open === true,
    log,
    onCorrupt: () => process.exit(EX_SOFTWARE),
  } satisfies ApiOptions);
  process.stdout.write(
    `OpaqueVault's store listens at ${api.url}\nIts words are: ${api.words.join(" ")}\nOn the machine with the vault: ov vault move --to ${api.url}\n`,
  );
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => void api.close().then(() => process.exit(0)));
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) program.error(`${text} is no port.`);
  return port;
}

/** sysexits.h: try again later, as another process has the database; and internal error. */
const [EX_TEMPFAIL, EX_SOFTWARE] = [75, 70];

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`ov-api: ${error instanceof Error ? error.message : "failed"}\n`);
  process.exitCode = error instanceof DatabaseInUse ? EX_TEMPFAIL : error instanceof DatabaseCorrupt ? EX_SOFTWARE : 1;
}
