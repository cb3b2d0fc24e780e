import * as vscode from "vscode";
import { requireSecretName } from "#core/vault/context.ts";
import { findProjectFile } from "#core/vault/project-file.ts";
import { type ResolvedContext, resolveContext } from "#core/vault/resolve-context.ts";
import type { Window } from "../window.ts";

/** What a task, a launch configuration or a node of the tree names; the rest comes from `.ov.yaml` and the window. */
export interface Wanted {
  readonly app?: string;
  readonly environment?: string;
  readonly secrets?: readonly string[];
}

export async function resolveRun(
  window: Window,
  cwd: string,
  { app, environment, secrets }: Wanted,
  command?: string,
): Promise<ResolvedContext> {
  const file = vscode.workspace.isTrusted ? await findProjectFile(cwd, window.own.home) : undefined;
  const given = { app, environment, secrets: secrets?.map(requireSecretName) };
  return resolveContext(given, file, window.context.userDefault, command);
}
