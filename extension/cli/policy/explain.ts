import { type Command, describeCommand, requireCommand } from "#core/run/command.ts";
import { readCommand } from "#core/run/command-reading.ts";
import { isolationOf, type Policy, reachableHosts, type Verdict } from "#core/run/policy.ts";
import { type Finding, type Ruling, ruleOn } from "#core/run/policy-ruling.ts";
import { networkText } from "#core/run/policy-text.ts";
import { onOneLine } from "#core/run/visible-text.ts";
import { type Context, formatContext, isProduction } from "#core/vault/context.ts";
import { isVaultError, VaultError } from "#core/vault-error.ts";
import type { Cli } from "../cli.ts";
import { type ContextOptions, contextOf } from "../context-of.ts";
import { print, printJson, printTable } from "../print.ts";
import { withAccess } from "../with-access.ts";
import { titleOf } from "./show.ts";

export interface ExplainOptions extends ContextOptions {
  readonly shell?: true;
  readonly json?: true;
}

/** The very judgement that a run gets, with the rule that decides it. Nothing runs, and nobody is asked. */
export async function explainPolicy(cli: Cli, words: readonly string[], options: ExplainOptions): Promise<void> {
  const command = commandOf(words, options.shell === true);
  const { context } = await contextOf(cli, options);
  await withAccess(cli, `explain the policy of ${formatContext(context)}`, async ({ access }) => {
    const info = await access.policy(context);
    const ruling = ruleOn(info.policy, readCommand(command, { cwd: cli.cwd, searchPath: cli.env.PATH }));
    const refusal = await projectRefusal(cli, words, options);
    if (options.json) return printJson(asJson(context, command, ruling, info.policy, refusal));
    print(titleOf(context, info));
    print(`command: ${describeCommand(command)}`);
    print("");
    printTable(
      ["VERDICT", "RULE", "FROM", "WHAT"],
      ruling.findings.map((finding) => [finding.verdict, finding.rule, finding.from, whatOf(finding)]),
    );
    print("");
    for (const line of resultLines(context, ruling, info.policy, refusal)) print(onOneLine(line));
  });
}

function commandOf(words: readonly string[], isShell: boolean): Command {
  if (isShell && words.length !== 1) {
    throw new VaultError("argument-invalid", "With --shell the command is one text. Put it in quotes.");
  }
  const command = isShell ? words[0]! : words;
  requireCommand(command);
  return command;
}

/** A `.ov.yaml` narrows before the policy is asked: what it refuses, no policy lets through. */
async function projectRefusal(
  cli: Cli,
  words: readonly string[],
  options: ContextOptions,
): Promise<string | undefined> {
  try {
    await contextOf(cli, options, { command: words.join(" ") });
    return undefined;
  } catch (error) {
    if (isVaultError(error, "denied-by-policy")) return error.message;
    throw error;
  }
}

function whatOf({ program, why }: Finding): string {
  const word = program.length > 60 ? `${program.slice(0, 60)}…` : program;
  return word === "" ? why : `${word} ${why}`;
}

function resultLines(context: Context, ruling: Ruling, policy: Policy, refusal: string | undefined): readonly string[] {
  const [first] = ruling.findings;
  const by = first === undefined ? "" : `, by ${first.rule} (${first.from}): ${whatOf(first)}`;
  const hosts = reachableHosts(policy, []);
  return [
    `result   ${RESULT[ruling.verdict]}${by}`,
    ...(ruling.verdict === "allow" && isProduction(context)
      ? ["         but each use is asked about, since it is production"]
      : []),
    ...(refusal === undefined ? [] : [`project  denied before: ${refusal}`]),
    ...(ruling.names === undefined ? [] : [`secrets  only ${ruling.names.join(", ") || "none"}`]),
    ...(hosts === undefined ? [] : [`sandbox  required, network: ${networkText(isolationOf(policy).network)}`]),
    ...(ruling.verdict === "allow" ? [] : [`change   ${changeHint(context, first)}`]),
  ];
}

function changeHint(context: Context, finding: Finding | undefined): string {
  const set = `ov policy set ${formatContext(context)}`;
  if (finding === undefined || finding.rule === "production") return `${set} --preset careful`;
  const [kind, program] = finding.rule.split(/ (.*)/);
  if (kind === "deny") return `${set} --remove ${program}`;
  if (kind === "allow") return `${set} --allow ${program} --pin, if the new file is right`;
  if (kind === "programs") return `${set} --allow ${finding.program}`;
  return `${set} --${kind} allow`;
}

const RESULT = {
  allow: "allowed: approvals work as usual",
  ask: "asked about each time, whatever was approved before",
  deny: "denied",
} as const satisfies Record<Verdict, string>;

/** The stable fields of --json. */
function asJson(
  context: Context,
  command: Command,
  { verdict, findings, names }: Ruling,
  policy: Policy,
  refusal: string | undefined,
): Record<string, unknown> {
  return {
    context: formatContext(context),
    command,
    verdict,
    decided_by: findings[0] ?? null,
    findings,
    allowed_names: names ?? null,
    every_use_is_asked_about: isProduction(context) || verdict === "ask",
    refused_by_project_file: refusal ?? null,
    ...isolationOf(policy),
  };
}
