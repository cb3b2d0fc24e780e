import type { Command } from "commander";
import type { AuditRecord } from "#core/run/vault-access.ts";
import { requireSecretName } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import type { Cli } from "../cli.ts";
import { formatTime, printJson, printTable, say } from "../print.ts";
import { withAccess } from "../with-access.ts";

interface Options {
  readonly since?: string;
  readonly name?: string;
  readonly last?: string;
  readonly json?: true;
}

export function define(command: Command, cli: Cli): void {
  command
    .command("list", { isDefault: true })
    .description("list what was done with the vault, oldest first; verifies the chain that it is kept in")
    .option("--since <when>", "a date such as 2027-01-31, or a time ago such as 2h or 7d")
    .option("--name <name>", "only what touched this secret")
    .option("--last <number>", "only the newest entries")
    .option("--json", "as JSON")
    .action((options: Options) => listAudit(cli, options));
}

async function listAudit(cli: Cli, options: Options): Promise<void> {
  const since = options.since === undefined ? undefined : timeOf(options.since, Date.now());
  const name = options.name === undefined ? undefined : requireSecretName(options.name);
  const last = options.last === undefined ? undefined : countOf(options.last);
  await withAccess(cli, "read the audit log", async ({ access }) => {
    const all = await access.audit({
      ...(since === undefined ? {} : { since }),
      ...(name === undefined ? {} : { name }),
    });
    const records = last === undefined ? all : all.slice(-last);
    if (options.json) return printJson({ entries: records.map(asJson) });
    if (records.length === 0) return say("Nothing of that is in the audit log.");
    printTable(
      ["TIME", "WHO", "ACTION", "CONTEXT", "SECRETS", "RESULT"],
      records.map((record) => [
        formatTime(record.time),
        record.actor,
        record.action,
        record.context ?? "",
        record.names.join(", "),
        record.exitCode === undefined ? record.outcome : `${record.outcome}, exit code ${record.exitCode}`,
      ]),
    );
  });
}

/** The stable fields of --json. */
function asJson(record: AuditRecord): Record<string, unknown> {
  return {
    time: new Date(record.time).toISOString(),
    device: record.device,
    seq: record.seq,
    actor: record.actor,
    action: record.action,
    context: record.context ?? null,
    names: record.names,
    command_hash: record.commandHash ?? null,
    exit_code: record.exitCode ?? null,
    outcome: record.outcome,
  };
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

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
