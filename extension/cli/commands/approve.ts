import type { Command } from "commander";
import type { Approval, PendingApproval } from "#core/run/approvals.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { visible } from "#core/run/visible-text.ts";
import { formatContext, parseContext } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import { choose } from "../ask-person.ts";
import { requireAgent } from "../attach-to-agent.ts";
import type { Cli } from "../cli.ts";
import { formatTime, printJson, printTable, say } from "../print.ts";
import { requestLines } from "../show-request.ts";
import { withTerminal } from "../terminal.ts";
import { answerOn, withPassword } from "../with-approval.ts";

interface Options {
  readonly for?: string;
  readonly list?: true;
  readonly end?: string;
  readonly json?: true;
}

export function define(command: Command, cli: Cli): void {
  command
    .argument("[request]", "the id of a request; or app/environment with --for")
    .option("--for <time>", "approve every command of that environment ahead, for a time such as 15m or 1h")
    .option("--list", "list what waits for an answer, and what is approved")
    .option("--end <id>", 'end an approval by its id, or "all" of them')
    .option("--json", "with --list: as JSON")
    .addHelpText(
      "after",
      '\nWithout anything, shows the requests that wait and asks for an answer. Only "deny" goes without the master password.',
    )
    .action((request: string | undefined, options: Options) => approve(cli, request, options));
}

async function approve(cli: Cli, request: string | undefined, options: Options): Promise<void> {
  const access = await requireAgent(cli, "There is nothing to approve while the vault is locked.");
  if (options.end !== undefined) return end(access, options.end);
  if (options.list || options.json) return list(access, options.json === true);
  if (options.for !== undefined) return openWindow(access, request, options.for);
  await answer(access, request);
}

async function answer(access: VaultAccess, id: string | undefined): Promise<void> {
  const pending = await access.pending();
  if (id === undefined && pending.length === 0) return say("Nothing waits for an answer.");
  await withTerminal("Approving", async (terminal) => {
    const wanted = id === undefined ? await pick(pending) : pending.find((candidate) => candidate.id === id);
    if (wanted === undefined) {
      throw new VaultError(
        "argument-invalid",
        `No request ${JSON.stringify(id)} is waiting. Run "ov approve --list" to see those that are.`,
      );
    }
    const decision = await answerOn(terminal, access, wanted);
    say(decision === "deny" ? "Refused." : "Approved. The agent may try the same again now.");

    async function pick(all: readonly PendingApproval[]): Promise<PendingApproval | undefined> {
      if (all.length === 1) return all[0];
      const choices = all.map((value) => ({ name: requestLines(value.request).slice(0, 2).join(" · "), value }));
      return choose(terminal, "Which request?", choices);
    }
  });
}

async function openWindow(access: VaultAccess, text: string | undefined, time: string): Promise<void> {
  if (text === undefined)
    throw new VaultError("argument-invalid", "Name the environment: ov approve app/environment --for 1h.");
  const context = parseContext(text);
  const minutes = minutesOf(time);
  await withTerminal("Approving", async (terminal) => {
    say(`This lets every agent run every command with the secrets of ${text} for ${minutes} minutes.`);
    const approval = await withPassword(terminal, (password) => access.preapprove(context, minutes, password));
    say(`Approved until ${formatTime(approval.expiresAt ?? 0)}. "ov approve --end ${approval.id}" ends it sooner.`);
  });
}

async function list(access: VaultAccess, json: boolean): Promise<void> {
  const [pending, approvals] = [await access.pending(), await access.approvals()];
  if (json) return printJson({ pending: pending.map(pendingAsJson), approvals: approvals.map(approvalAsJson) });
  for (const { id, request } of pending) say([`${id} waits:`, ...requestLines(request)].join("\n"));
  if (pending.length === 0) say("Nothing waits for an answer.");
  if (approvals.length === 0) return say("Nothing is approved ahead.");
  printTable(
    ["ID", "CONTEXT", "COMMANDS", "UNTIL"],
    approvals.map(({ id, context, command, expiresAt }) => [
      id,
      formatContext(context),
      command === undefined ? "every command" : visible(command),
      expiresAt === undefined ? "the vault locks" : formatTime(expiresAt),
    ]),
  );
}

async function end(access: VaultAccess, id: string): Promise<void> {
  await access.endApproval(id);
  say(id === "all" ? "Ended every approval." : `Ended approval ${id}.`);
}

function pendingAsJson({ id, request, askedAt }: PendingApproval): Record<string, unknown> {
  const { action, client, context, names, command, cwd, reason } = request;
  const asked = new Date(askedAt).toISOString();
  return { id, asked, action, client, context: formatContext(context), names, command, cwd, reason: reason ?? null };
}

function approvalAsJson({ id, context, command, expiresAt }: Approval): Record<string, unknown> {
  const until = expiresAt === undefined ? null : new Date(expiresAt).toISOString();
  return { id, context: formatContext(context), command: command ?? null, until };
}

function minutesOf(text: string): number {
  const match = /^(\d{1,4})(m|min|h)?$/.exec(text);
  if (match === null) throw new VaultError("argument-invalid", "--for takes a time such as 15m or 1h, up to 8h.");
  return Number(match[1]) * (match[2] === "h" ? 60 : 1);
}
