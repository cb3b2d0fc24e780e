#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { pino } from "pino";
import { addBackupCommands } from "./operation/backup-commands.ts";
import { EXIT, exitCodeOf } from "./operation/exit-code.ts";
import { type Operator, type Tls, type Where, where, withTls } from "./operation/operator.ts";
import { addUpkeepCommands } from "./operation/upkeep-commands.ts";
import { openDatabase } from "./place.ts";
import type { ApiOptions } from "./start-api.ts";
import { migrate } from "./storage/migrate.ts";

const program = new Command("ov-api").description(
  "The ciphertext store of OpaqueVault: it orders writes and can read none.",
);

withTls(where(program.command("serve", { isDefault: true })))
  .description("serve until it is told to stop; on SQLite, or on PostgreSQL by DATABASE_URL")
  .option("--host <address>", "the address to listen on", process.env.OV_API_HOST ?? "127.0.0.1")
  .option("--port <port>", "the port to listen on; 0 = any", process.env.OV_API_PORT ?? "8420")
  .option("--trust-proxy <addresses>", "proxies whose X-Forwarded-For is believed")
  .option("--metrics-port <port>", "Prometheus metrics on 127.0.0.1")
  .option("--open", "anybody may create an account; otherwise the first one closes the door")
  .action(serve);

where(program.command("migrate"))
  .description("bring the database to this version's schema, and end")
  .action(async ({ folder }: Where) => {
    const database = await openDatabase({ folder, databaseUrl: process.env.DATABASE_URL });
    await migrate(database).finally(() => database.close());
  });

const operator: Operator = {
  databaseUrl: process.env.DATABASE_URL,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
  onStop(stop) {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, stop);
  },
  exit: (code) => {
    process.exitCode = code;
  },
};
addBackupCommands(program, operator);
addUpkeepCommands(program, operator);

interface ServeOptions extends Where, Tls {
  readonly host: string;
  readonly port: string;
  readonly trustProxy?: string;
  readonly metricsPort?: string;
  readonly open?: true;
}

async function serve(options: ServeOptions): Promise<void> {
  const { tlsKey, tlsCert } = options;
  if ((tlsKey === undefined) !== (tlsCert === undefined)) program.error("--tls-key and --tls-cert go together.");
  // Only here: the other commands need nothing of Nest, which takes most of a start.
  const { startApi } = await import("./start-api.ts");
  const log = pino({ level: "info" }, pino.destination(2));
  const api = await startApi({
    folder: options.folder,
    keyFile: options.keyFile,
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
    onCorrupt: () => process.exit(EXIT.software),
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

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`ov-api: ${error instanceof Error ? error.message : "failed"}\n`);
  process.exitCode = exitCodeOf(error);
}
