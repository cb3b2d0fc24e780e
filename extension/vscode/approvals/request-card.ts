import { type Approval, asksEveryTime, type Decision } from "#core/run/approvals.ts";
import { changeText } from "#core/run/change-text.ts";
import type { CommandChange } from "#core/run/command-files.ts";
import type { ApprovalRequest } from "#core/run/vault-access.ts";
import { stillVisible, visible } from "#core/run/visible-text.ts";
import { formatContext, isProduction } from "#core/vault/context.ts";
import type { RequestCard, StandingCard } from "../../../webview/approvals-protocol.ts";
import type { WaitingRequest } from "./approval-queue.ts";

/**
 * All that a person has to see before they say yes, with nothing in it that could hide a part of it. `told` and
 * `toldChange` say it in the language of the window.
 */
export function requestCard(
  { id, request, expiresAt }: WaitingRequest,
  told: (warning: string, rule: { readonly program: string; readonly rule: string } | undefined) => string = (text) =>
    text,
  toldChange: (change: CommandChange) => string = changeText,
): RequestCard {
  const { action, client, context, names, command, cwd, reason, projectFile, everyTime } = request;
  const { placeholders = [], changes = [] } = request;
  return {
    id,
    action,
    context: formatContext(context),
    isProduction: isProduction(context),
    client: stillVisible(client),
    command: stillVisible(command),
    folder: stillVisible(cwd),
    names: [...names],
    placeholders: placeholders.map(({ name, allowedHosts }) => ({ name, hosts: allowedHosts.map(visible).join(", ") })),
    ...(reason === undefined ? {} : { reason: stillVisible(reason) }),
    warnings: [
      ...changes.map(toldChange),
      ...(everyTime?.warnings ?? []).map((warning, index) => visible(told(warning, everyTime?.rules?.[index]))),
    ],
    ...(projectFile === undefined
      ? {}
      : {
          projectFile: { path: visible(projectFile.path), lines: projectFile.text.trimEnd().split("\n").map(visible) },
        }),
    expiresAt,
    answers: answersTo(request),
  };
}

/** What a person may answer, the safest first. */
export function answersTo(request: ApprovalRequest): readonly Decision[] {
  const uses = request.action === "run" || request.action === "shell";
  if (!uses || asksEveryTime(request)) return ["deny", "once"];
  return ["deny", "once", "command", { minutes: 15 }, { minutes: 60 }];
}

export function standingCard({ id, context, command, expiresAt }: Approval): StandingCard {
  return {
    id,
    context: formatContext(context),
    ...(command === undefined ? {} : { command: stillVisible(command) }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}
