import { type Command, Option } from "commander";
import { wipe } from "#core/crypto/wipe.ts";
import { onOneLine } from "#core/run/visible-text.ts";
import { formatContext } from "#core/vault/context.ts";
import { requireAddressRange, requireTokenName } from "#core/vault/sharing/token-limits.ts";
import type { TokenInfo } from "#core/vault/sharing/tokens.ts";
import { VaultError } from "#core/vault-error.ts";
import { isByToken } from "../by-token.ts";
import { maskedLines, maskLineOf } from "../ci-masks.ts";
import type { Cli } from "../cli.ts";
import { addContextOptions, type ContextOptions, contextOf } from "../context-of.ts";
import { contextsOf } from "../contexts-of.ts";
import { formatTime, print, printJson, printTable, say } from "../print.ts";
import { withTerminal } from "../terminal.ts";
import { withAccess } from "../with-access.ts";
import { withProof } from "../with-approval.ts";

interface CreateOptions {
  readonly env: readonly string[];
  readonly name: string;
  readonly expires: string;
  readonly ip: readonly string[];
}

export function define(command: Command, cli: Cli): void {
  command
    .command("create")
    .description("make a token that reads environments without a password, for a machine; asks for the master password")
    .requiredOption(
      "-e, --env <app/environment>",
      'what it reads; "app/*" for a whole app; may be repeated',
      collect,
      [],
    )
    .requiredOption("-n, --name <name>", "what it is for, such as ci")
    .option("--expires <time>", "how long it is good: 12h, 30d, 1y at most", "30d")
    .addOption(
      new Option("--ip <range>", "only from this address or CIDR; may be repeated")
        .argParser(collect)
        .default([], "any"),
    )
    .addHelpText(
      "after",
      "\nThe token is shown once, on stdout. Give it to the machine as OV_TOKEN, or in a file of mode 600 as OV_TOKEN_FILE.",
    )
    .action((options: CreateOptions) => create(cli, options));
  command
    .command("list", { isDefault: true })
    .description("list tokens: what they read, until when, and when they were used last")
    .option("--json", "as JSON")
    .action((options: { json?: true }) => list(cli, options.json === true));
  command
    .command("revoke")
    .description("end a token at once, and give its environments new keys")
    .argument("<token>", "its name, its id, or the start of that")
    .action((which: string) => revoke(cli, which));
  addContextOptions(command.command("mask"))
    .description("in GitHub Actions or Azure Pipelines, tell it to mask every value that OV_TOKEN reads")
    .addHelpText(
      "after",
      "\nIt prints the values, for the CI alone to read: run it as a step of its own, and redirect it nowhere.",
    )
    .action((options: ContextOptions) => mask(cli, options));
}

async function create(cli: Cli, { env, name, expires, ip }: CreateOptions): Promise<void> {
  requireTokenName(name);
  const expiresAt = Date.now() + lifetime(expires);
  for (const range of ip) requireAddressRange(range);
  await withAccess(
    cli,
    "make a token",
    async (opened) => {
      const contexts = await contextsOf(opened.access, env);
      const text = await withTerminal("Making a token", (terminal) =>
        withProof(terminal, opened, (password) =>
          opened.access.createToken({ name, contexts, expiresAt, addresses: ip }, password),
        ),
      );
      print(text);
      say(
        `${name} reads ${contexts.map(formatContext).join(", ")} until ${formatTime(expiresAt)}${ip.length === 0 ? "" : `, from ${ip.join(", ")}`}.`,
      );
      say("Keep it like a password: it is not shown again, and whoever has it reads those values.");
      say(`End it with "ov token revoke ${name}".`);
    },
    "terminal",
  );
}

async function list(cli: Cli, json: boolean): Promise<void> {
  const tokens = await withAccess(cli, "list the tokens", ({ access }) => access.tokens());
  if (json) {
    return printJson({
      tokens: tokens.map((token) => ({
        ...{ id: token.id, name: token.name ?? null, environments: token.contexts.map(formatContext) },
        ...{ created_at: iso(token.createdAt), expires_at: iso(token.expiresAt), addresses: token.addresses },
        ...{ used_at: token.usedAt === undefined ? null : iso(token.usedAt), used_address: token.usedAddress ?? null },
      })),
    });
  }
  if (tokens.length === 0) return say('There are no tokens. Make one with "ov token create".');
  printTable(["TOKEN", "ID", "READS", "UNTIL", "FROM", "LAST USED"], tokens.map(row));
}

async function revoke(cli: Cli, which: string): Promise<void> {
  const token = await withAccess(cli, "revoke a token", ({ access }) => access.revokeToken(which));
  const places = token.contexts.map(formatContext).join(", ");
  const keys = places === "" ? "No environment needed new keys." : `New keys: ${places}.`;
  say(`${onOneLine(token.name ?? token.id)} is ended. ${keys}`);
  say("What it has read before may be known: rotate the values that must not be.");
}

/** For what reaches the log past `ov run`. Only for who has the token anyway, and where the CI takes the lines out. */
async function mask(cli: Cli, options: ContextOptions): Promise<void> {
  const lineOf = maskLineOf(cli.env);
  if (!isByToken(cli.env)) {
    throw new VaultError("argument-invalid", 'There is no OV_TOKEN. "ov token create" of an admin makes one.');
  }
  const { context } = await contextOf(cli, options);
  await withAccess(cli, "mask what the token reads", async ({ access }) => {
    const request = {
      action: "run",
      client: "ov token mask",
      context,
      command: "ov token mask",
      cwd: cli.cwd,
    } as const;
    const lease = await access.lease({ ...request, canStandIn: true });
    const lines = lease.secrets.flatMap(({ value }) => maskedLines(value));
    for (const line of new Set(lines)) print(lineOf(line));
    for (const { value } of lease.secrets) wipe(value);
    await access.settle(lease.id, { exitCode: 0, outcome: "ended", redactions: 0 });
  });
}

function row({ id, name, contexts, expiresAt, addresses, usedAt, usedAddress }: TokenInfo): readonly string[] {
  return [
    ...[name ?? "(another admin's)", id.slice(0, 8), contexts.map(formatContext).join(", ")],
    ...[expiresAt > Date.now() ? formatTime(expiresAt) : "expired", addresses.join(", ") || "anywhere"],
    usedAt === undefined ? "never" : `${formatTime(usedAt)} from ${usedAddress ?? "?"}`,
  ];
}

function lifetime(text: string): number {
  const [, number = "", unit = ""] = /^([1-9]\d{0,4})(h|d|w|y)$/.exec(text) ?? [];
  const ms = Number(number) * (UNITS[unit] ?? 0);
  if (ms > 0 && ms <= YEAR) return ms;
  throw new VaultError("argument-invalid", "--expires takes a time such as 12h, 30d or 8w, of a year at most.");
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

const DAY = 24 * 3600_000;
const YEAR = 366 * DAY;
const UNITS: Readonly<Record<string, number>> = { h: 3600_000, d: DAY, w: 7 * DAY, y: YEAR };
