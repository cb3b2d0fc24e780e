import type { ClientCapabilities } from "@modelcontextprotocol/server";
import { asksEveryTime, type Decision } from "#core/run/approvals.ts";
import { COMMAND_NOTE, changeText } from "#core/run/change-text.ts";
import type { ApprovalRequest, Ask } from "#core/run/vault-access.ts";
import { formatContext, isProduction } from "#core/vault/context.ts";
import { shortLine } from "#mcp/display-text.ts";
import type { FormAnswer, ShowForm } from "#mcp/suspended-calls.ts";

/** Asks for approval in a form of the client, where the client has forms and the whole request can be shown in one. */
export function askThroughClient(capabilities: ClientCapabilities | undefined, show: ShowForm): Ask | undefined {
  if (!showsForms(capabilities)) return undefined;
  return async (request) => {
    const message = describe(request);
    // A person must not approve what they can't see: a terminal shows it in full.
    if (message === undefined) return undefined;
    const choices = choicesFor(request);
    const answer = await show({
      mode: "form",
      message,
      requestedSchema: {
        type: "object",
        properties: { decision: { type: "string", title: "Decision", enum: [...choices.keys()], default: DENY } },
        required: ["decision"],
      },
    });
    return decisionOf(answer, choices);
  };
}

/** A client that declares elicitation without a mode means forms. */
export function showsForms(capabilities: ClientCapabilities | undefined): boolean {
  const elicitation = capabilities?.elicitation;
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}

const DENY = "Deny";

function choicesFor(request: ApprovalRequest): ReadonlyMap<string, Decision> {
  const choices = new Map<string, Decision>([
    [DENY, "deny"],
    ["Approve once", "once"],
  ]);
  if (!offersMore(request)) return choices;
  const context = formatContext(request.context);
  return choices
    .set("Approve this exact command for this session", "command")
    .set(`Approve every command in ${context} for 15 minutes, whoever asks`, { minutes: 15 })
    .set(`Approve every command in ${context} for 1 hour, whoever asks`, { minutes: 60 });
}

/** Than this once. */
function offersMore(request: ApprovalRequest): boolean {
  return (request.action === "run" || request.action === "shell") && !asksEveryTime(request);
}

/** Closing or declining the form is "nobody answered": clients without a person do that by themselves. */
function decisionOf(answer: FormAnswer, choices: ReadonlyMap<string, Decision>): Decision | undefined {
  if (answer.kind === "none" || typeof answer.content !== "object" || answer.content === null) return undefined;
  const choice = "decision" in answer.content ? answer.content.decision : undefined;
  return typeof choice === "string" ? choices.get(choice) : undefined;
}

/** undefined when the request is too long for a form. */
function describe(request: ApprovalRequest): string | undefined {
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(request.command)) return undefined;
  if (request.command.length > MAX_COMMAND || request.names.length > MAX_NAMES) return undefined;
  if (request.projectFile !== undefined && request.projectFile.text.length > MAX_COMMAND) return undefined;
  const { action, context, client, names, command, cwd, reason, projectFile, everyTime } = request;
  const { placeholders = [], changes = [] } = request;
  const lines = [
    `${QUESTION[action]} ${formatContext(context)}${isProduction(context) ? " (production)" : ""}?`,
    // Command, client and reason were spelled out when the request was made; a second time would change them.
    `Command: ${command}`,
    `Folder: ${shortLine(cwd, MAX_COMMAND)}`,
    `Secrets: ${names.length === 0 ? "none" : names.join(", ")}`,
    ...placeholders.map(
      ({ name, allowedHosts }) => `Only as a placeholder: ${name}, whose value goes to ${allowedHosts.join(", ")}`,
    ),
    `Asked by: ${client}`,
  ];
  for (const change of changes) lines.push(`Note: ${changeText(change)}`);
  for (const warning of everyTime?.warnings ?? []) lines.push(`Warning: ${shortLine(warning, 500)}`);
  if (reason !== undefined) lines.push(`Reason, in the agent's own words: ${reason}`);
  if (projectFile !== undefined) {
    lines.push(`The file ${shortLine(projectFile.path, MAX_COMMAND)} applies here, and is new or has changed:`);
    lines.push(...projectFile.text.split("\n").map((line) => `| ${shortLine(line, 500)}`));
  }
  if (offersMore(request)) lines.push(COMMAND_NOTE);
  return lines.join("\n");
}

const MAX_COMMAND = 4_000;
const MAX_NAMES = 200;

const QUESTION = {
  run: "Let an agent run this command with secrets of",
  shell: "Let an agent open a shell with secrets of",
  write: "Let an agent write a secret in",
  delete: "Let an agent delete a secret in",
} as const satisfies Record<ApprovalRequest["action"], string>;
