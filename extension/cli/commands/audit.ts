import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import type { AuditFilter } from "#core/run/audit/audit-filter.ts";
import { type AuditLine, asCsv, asJson } from "#core/run/audit/audit-line.ts";
import { waitForChange } from "#core/store/remote/wait-for-change.ts";
import { VaultError } from "#core/vault-error.ts";
import { auditLines } from "#mcp/device/audit-lines.ts";
import type { ThisServer } from "#mcp/device/this-server.ts";
import { readUserConfig } from "#mcp/device/user-config.ts";
import { countOf, type FilterOptions, filterOf } from "../audit/audit-options.ts";
import { showTable } from "../audit/audit-table.ts";
import type { Cli } from "../cli.ts";
import { print, printJson, say } from "../print.ts";
import { type OpenedVault, withAccess } from "../with-access.ts";

interface Options extends FilterOptions {
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
    .option("--until <when>", "the same; what came later is left out")
    .option("--secret <name>", "only what touched this secret")
    .option("--env <app/environment>", "only what was done in this environment")
    .option("--client <text>", "only what was done by clients with this in their name, such as claude")
    .option("--action <action>", "only this, such as run, reveal, write, rotate, approve, export or unlock-failed")
    .option("--anomalies", "only what is unusual: a new device or client, odd hours, a decoy, many uses at once")
    .option("--last <number>", "only the newest entries")
    .option("--json", "as JSON; with --follow one object in each line")
    .option("--csv", "as comma-separated values")
    .option("--follow", "go on with what comes, of every device; for a vault on a server")
    .action((options: Options) => listAudit(cli, options));
}

async function listAudit(cli: Cli, options: Options): Promise<void> {
  const config = readUserConfig(cli.paths.config);
  const wanted = filterOf(options, config);
  const last = options.last === undefined ? undefined : countOf(options.last);
  const isRemote = config.server !== undefined;
  if (options.follow && !isRemote) {
    throw new VaultError("argument-invalid", '--follow is for a vault on a server. See "ov vault move --help".');
  }
  await withAccess(cli, "read the audit log", async (opened) => {
    // Loaded only then, as the transport of most vaults is not needed.
    const server = isRemote ? (await import("#mcp/device/this-server.ts")).thisServer(cli.paths) : undefined;
    const first = await auditLines(opened.access, server, wanted);
    show(last === undefined ? first : first.slice(-last), options, true);
    if (options.follow && server !== undefined) await follow(opened, server, wanted, options, first);
    server?.client.close();
  });
}

/** Until the person ends it. What is shown once is not shown again. */
async function follow(
  { access }: OpenedVault,
  server: ThisServer,
  wanted: AuditFilter,
  options: Options,
  first: readonly AuditLine[],
): Promise<void> {
  const ending = new AbortController();
  process.once("SIGINT", () => ending.abort());
  const shown = new Set(first.map(keyOf));
  let revision = await waitForChange(server.link, 0, ending.signal);
  for (;;) {
    try {
      // A server that answers at once is not asked all the time.
      await sleep(PAUSE_MS, undefined, { signal: ending.signal });
      const next = await waitForChange(server.link, revision, ending.signal);
      if (next === revision) continue;
      revision = next;
      const fresh = (await auditLines(access, server, wanted)).filter((line) => !shown.has(keyOf(line)));
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

const PAUSE_MS = 250;
