import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { waitForChange } from "#core/store/remote/wait-for-change.ts";
import { requireSecretName } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import type { ThisServer } from "#mcp/device/this-server.ts";
import { readUserConfig } from "#mcp/device/user-config.ts";
import { type AuditLine, asCsv, asJson, lineOf } from "../audit/audit-line.ts";
import type { ServerLines } from "../audit/server-lines.ts";
import type { Cli } from "../cli.ts";
import { formatTime, print, printJson, printTable, say } from "../print.ts";
import { type OpenedVault, withAccess } from "../with-access.ts";

interface Options {
  readonly since?: string;
  readonly name?: string;
  readonly last?: string;
  readonly json?: true;
  readonly csv?: true;
  readonly follow?: true;
}

export function define(command: Command, cli: Cli): void {
  command
    .command("list", { isDefault: true })
    .description("list what was done with the vault, oldest first; verifies the chains that it is kept in")
    .option("--since <when>", "a date such as 2027-01-31, or a time ago such as 2h or 7d")
    .option("--name <name>", "only what touched this secret")
    .option("--last <number>", "only the newest entries")
    .option("--json", "as JSON; with --follow one object in each line")
    .option("--csv", "as comma-separated values")
    .option("--follow", "go on with what comes, of every device; for a vault on a server")
    .action((options: Options) => listAudit(cli, options));
}

async function listAudit(cli: Cli, options: Options): Promise<void> {
  const wanted = {
    since: options.since === undefined ? 0 : timeOf(options.since, Date.now()),
    name: options.name === undefined ? undefined : requireSecretName(options.name),
    last: options.last === undefined ? Number.POSITIVE_INFINITY : countOf(options.last),
  };
  const isRemote = readUserConfig(cli.paths.config).server !== undefined;
  if (options.follow && !isRemote) {
    throw new VaultError("argument-invalid", '--follow is for a vault on a server. See "ov vault move --help".');
  }
  await withAccess(cli, "read the audit log", async (opened) => {
    // Loaded only then, as the transport of most vaults is not needed.
    const server = isRemote ? (await import("#mcp/device/this-server.ts")).thisServer(cli.paths) : undefined;
    const first = await readLines(opened, server, wanted);
    show(first.lines.slice(-wanted.last), options, true);
    if (options.follow && server !== undefined) await follow(opened, server, wanted, options, first);
    server?.client.close();
  });
}

interface Wanted {
  readonly since: number;
  readonly name: string | undefined;
}

interface Read {
  readonly lines: readonly AuditLine[];
  readonly server: ServerLines | undefined;
}

async function readLines({ access }: OpenedVault, server: ThisServer | undefined, wanted: Wanted): Promise<Read> {
  const { since, name } = wanted;
  const records = await access.audit({ since, ...(name === undefined ? {} : { name }) });
  const more = server && (await (await import("../audit/server-lines.ts")).serverLines(server));
  const own = records.map((record) => lineOf(record, more?.received.get(`${record.device}/${record.seq}`)));
  // The server knows no names: what touched one secret, only the vault's own entries tell.
  const theirs = name === undefined ? (more?.lines ?? []).filter(({ time }) => time >= since) : [];
  return { lines: [...own, ...theirs].sort((a, b) => a.time - b.time), server: more };
}

/** Until the person ends it. What is shown once is not shown again. */
async function follow(
  opened: OpenedVault,
  server: ThisServer,
  wanted: Wanted,
  options: Options,
  first: Read,
): Promise<void> {
  const ending = new AbortController();
  process.once("SIGINT", () => ending.abort());
  const shown = new Set(first.lines.map(keyOf));
  let revision = await waitForChange(server.link, 0, ending.signal);
  for (;;) {
    try {
      // A server that answers at once is not asked all the time.
      await sleep(PAUSE_MS, undefined, { signal: ending.signal });
      const next = await waitForChange(server.link, revision, ending.signal);
      if (next === revision) continue;
      revision = next;
      const fresh = (await readLines(opened, server, wanted)).lines.filter((line) => !shown.has(keyOf(line)));
      for (const line of fresh) shown.add(keyOf(line));
      if (fresh.length > 0) show(fresh, options, false);
    } catch (error) {
      if (ending.signal.aborted) return;
      throw error;
    }
  }
}

function keyOf({ source, device, seq }: AuditLine): string {
  return `${source}/${device}/${seq}`;
}

function show(lines: readonly AuditLine[], options: Options, isFirst: boolean): void {
  if (options.csv) print(asCsv(lines, isFirst));
  else if (options.json && options.follow) for (const line of lines) print(JSON.stringify(asJson(line)));
  else if (options.json) printJson({ entries: lines.map(asJson) });
  else if (lines.length === 0) say("Nothing of that is in the audit log.");
  else showTable(lines);
}

function showTable(lines: readonly AuditLine[]): void {
  printTable(
    ["TIME", "WHO", "ACTION", "CONTEXT", "SECRETS", "RESULT"],
    lines.map((line) => [
      ...[formatTime(line.time), line.actor, line.action, line.context ?? line.environment?.slice(0, 8) ?? ""],
      ...[line.names.join(", "), resultOf(line)],
    ]),
  );
}

function resultOf({ source, device, outcome, exitCode }: AuditLine): string {
  if (source === "server") return `device ${device.slice(0, 8)}`;
  return exitCode === undefined ? outcome : `${outcome}, exit code ${exitCode}`;
}

function timeOf(text: string, now: number): number {
  const ago = /^(\d{1,6})([mhd])$/.exec(text);
  if (ago !== null) return now - Number(ago[1]) * UNIT_MS[ago[2] as keyof typeof UNIT_MS]; // by the pattern
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new VaultError(
    "argument-invalid",
    "--since takes a date such as 2027-01-31, or a time ago such as 30m, 2h or 7d.",
  );
}

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new VaultError("argument-invalid", "--last takes a number from 1 on.");
}

const PAUSE_MS = 250;
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
