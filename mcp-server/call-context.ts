import * as z from "zod";
import type { ApprovalRequest } from "#core/run/vault-access.ts";
import { requireSecretName } from "#core/vault/context.ts";
import { findProjectFile } from "#core/vault/project-file.ts";
import { type ResolvedContext, resolveContext } from "#core/vault/resolve-context.ts";
import { shortLine } from "#mcp/display-text.ts";
import type { ToolCall } from "#mcp/tool-call.ts";

/** The arguments by which every tool names a context. */
export const contextArguments = {
  app: z.string().min(1).max(64).optional().describe("The app. Default: .ov.yaml of the project, else the user's own."),
  environment: z.string().min(1).max(64).optional().describe("The environment, such as dev. Default: as for app."),
};

export const reasonArgument = {
  reason: z.string().max(500).optional().describe("Why, in a few words, for the person who approves."),
};

/** Explicit arguments, else `.ov.yaml` upward from `cwd`, else the user's configuration; never a guess. */
export async function callContext(
  call: ToolCall,
  args: {
    readonly app?: string | undefined;
    readonly environment?: string | undefined;
    readonly secrets?: readonly string[] | undefined;
  },
  cwd: string,
  command?: string | readonly string[],
): Promise<ResolvedContext> {
  const file = await findProjectFile(cwd, call.deps.home);
  const given = { ...args, secrets: args.secrets?.map(requireSecretName) };
  return resolveContext(given, file, call.deps.userDefault, typeof command === "object" ? command.join(" ") : command);
}

/** The part of an approval request that is alike for all tools. */
export function askedBy(
  call: ToolCall,
  resolved: ResolvedContext,
  cwd: string,
  reason: string | undefined,
): Pick<ApprovalRequest, "client" | "session" | "context" | "cwd" | "reason" | "projectFile"> {
  const { context, projectFile } = resolved;
  const { session } = call.place;
  return {
    client: call.client,
    ...(session === undefined ? {} : { session }),
    context,
    cwd,
    ...(reason === undefined ? {} : { reason: shortLine(reason, 500) }),
    ...(projectFile === undefined ? {} : { projectFile }),
  };
}
