import { asksEveryTime, type Decision } from "#core/run/approvals.ts";
import { changeText } from "#core/run/change-text.ts";
import type { ApprovalRequest } from "#core/run/vault-access.ts";
import { stillVisible, visible } from "#core/run/visible-text.ts";
import { formatContext, isProduction } from "#core/vault/context.ts";

/** All that a person has to see before they say yes. Of what core spelled out already, nothing is spelled out twice. */
export function requestLines(request: ApprovalRequest): readonly string[] {
  const { action, context, client, names, command, cwd, reason, projectFile, everyTime } = request;
  const { placeholders = [], changes = [] } = request;
  return [
    `${WHAT[action]} ${formatContext(context)}${isProduction(context) ? "  (production)" : ""}`,
    `  command   ${stillVisible(command)}`,
    `  folder    ${stillVisible(cwd)}`,
    `  secrets   ${names.length === 0 ? "none" : names.join(", ")}`,
    ...placeholders.map(
      ({ name, allowedHosts }) =>
        `            ${name} only as a placeholder: its value goes to ${allowedHosts.join(", ")}`,
    ),
    `  asked by  ${stillVisible(client)}`,
    ...(reason === undefined ? [] : [`  reason    ${stillVisible(reason)}   (the agent's own words)`]),
    ...changes.map((change) => `  note      ${changeText(change)}`),
    ...(everyTime?.warnings ?? []).map((warning) => `  warning   ${stillVisible(warning)}`),
    ...(projectFile === undefined
      ? []
      : [
          `  ${visible(projectFile.path)} applies here; nobody has seen it in this state yet:`,
          ...projectFile.text
            .trimEnd()
            .split("\n")
            .map((line) => `  | ${visible(line)}`),
        ]),
  ];
}

/** What a person may answer to it, the safest first. */
export function decisionsFor(request: ApprovalRequest): readonly { readonly name: string; readonly value: Decision }[] {
  const answers: { readonly name: string; readonly value: Decision }[] = [
    { name: "Deny", value: "deny" },
    { name: "Approve once", value: "once" },
  ];
  const uses = request.action === "run" || request.action === "shell";
  if (!uses || asksEveryTime(request)) return answers;
  const context = formatContext(request.context);
  return [
    ...answers,
    { name: "Approve this exact command until the vault locks", value: "command" },
    { name: `Approve every command in ${context} for 15 minutes, whoever asks`, value: { minutes: 15 } },
    { name: `Approve every command in ${context} for 1 hour, whoever asks`, value: { minutes: 60 } },
  ];
}

const WHAT = {
  run: "Run a command with secrets of",
  shell: "Open a shell with secrets of",
  write: "Write a secret in",
  delete: "Delete a secret in",
} as const satisfies Record<ApprovalRequest["action"], string>;
