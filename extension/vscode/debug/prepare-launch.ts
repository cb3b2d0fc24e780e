import { existsSync } from "node:fs";
import * as vscode from "vscode";
import { describeCommand } from "#core/run/command.ts";
import { holdLease } from "#core/run/held-lease.ts";
import type { SecretInfo } from "#core/run/vault-access.ts";
import { formatContext, isProduction, type SecretName } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import { withPassword } from "../ask-person.ts";
import { telling } from "../show-error.ts";
import { resolveRun } from "../terminal/resolve-run.ts";
import type { Window } from "../window.ts";
import { windowError } from "../words/error-text.ts";
import { cannotDebug } from "./cannot-debug.ts";
import { followSession } from "./follow-session.ts";
import { type Debuggee, debuggeeOf, isNode, wantedSecrets, withTicket } from "./launch.ts";
import { Ticket, ticketSocket } from "./ticket.ts";

/**
 * The configuration with a ticket instead of secrets. undefined = it doesn't start, and the person was told why.
 *
 * Other extensions can ask any debugger for any variable of its program. So a debugged program's values are open to
 * them, and to agents through them: this takes the master password each time, as all does that shows a value.
 */
export async function prepareLaunch(
  window: Window,
  folder: vscode.WorkspaceFolder | undefined,
  configuration: vscode.DebugConfiguration,
  cancelled: vscode.CancellationToken | undefined,
): Promise<vscode.DebugConfiguration | undefined> {
  let prepared: vscode.DebugConfiguration | undefined;
  await telling(window.log, async () => {
    prepared = await prepare(window, folder?.uri.fsPath ?? window.context.folder, configuration, cancelled);
  });
  return prepared;
}

async function prepare(
  window: Window,
  folder: string,
  configuration: vscode.DebugConfiguration,
  cancelled: vscode.CancellationToken | undefined,
): Promise<vscode.DebugConfiguration> {
  const deps = await window.deps();
  const debuggee = debuggeeOf(configuration, { environment: window.own.env, exists: existsSync });
  if (typeof debuggee === "string") throw windowError("argument-invalid", cannotDebug(debuggee, configuration.type));
  const access = await window.unlocked();
  const cwd = debuggee.cwd ?? folder;
  const words = debuggee.command.join(" ");
  const { context, names, projectFile } = await resolveRun(window, cwd, wantedSecrets(configuration) ?? {}, words);
  if (isProduction(context)) throw productionStays(formatContext(context));
  if (isNode(configuration) && (await access.list(context)).some((info) => standsIn(info, names)))
    throw noPlaceholders();
  if (!(await proven(window, debuggee, formatContext(context))))
    throw new VaultError("cancelled", "It was not started.");

  const gone = new AbortController();
  cancelled?.onCancellationRequested(() => gone.abort());
  const environment = window.own.env;
  const lease = await holdLease(
    { access, parentEnv: environment, matchers: deps.matchers },
    {
      ...{ action: "run", client: CLIENT, context, cwd },
      ...{ command: describeCommand(debuggee.command), runs: debuggee.command },
      ...(names === undefined ? {} : { names }),
      ...(projectFile === undefined ? {} : { projectFile }),
    },
    deps.newAsk?.(CLIENT),
    gone.signal,
  );
  // The program inherits the rest from its debugger.
  const variables = Object.fromEntries(
    Object.entries(lease.env).filter(([name, value]) => environment[name] !== value),
  );
  const ticket = new Ticket(ticketSocket(window.own.paths.runtime), variables);
  followSession(window, ticket, lease);
  const dist = vscode.Uri.joinPath(window.extension.extensionUri, "dist").fsPath;
  const { type, name, request } = configuration;
  return { ...withTicket(configuration, ticket, dist), type, name, request, opaquevault: ticket.key };
}

const CLIENT = "VS Code: Debug with Secrets";

/** False if the person closed the box. */
async function proven(window: Window, { command }: Debuggee, place: string): Promise<boolean> {
  const answer = await withPassword(
    vscode.l10n.t("Debug with Secrets"),
    vscode.l10n.t(
      "Master password, to debug {0} with secrets of {1}. While it runs, other extensions and agents of this window can read its values through the debugger.",
      command.at(-1) ?? "",
      place,
    ),
    async (password) => {
      await (await window.unlocked()).prove(password);
      return true;
    },
  );
  return answer === true;
}

function standsIn({ name, placeholder }: SecretInfo, names: readonly SecretName[] | undefined): boolean {
  return placeholder !== undefined && (names === undefined || names.includes(name));
}

/** Node looks for its proxy before any module is loaded, so it would send placeholders past ours. */
function noPlaceholders(): VaultError {
  return windowError(
    "argument-invalid",
    vscode.l10n.t(
      'A secret in placeholder mode can\'t be used by a debugged Node program. Name the others: "opaquevault": {"secrets": ["NAME"]}.',
    ),
  );
}

function productionStays(place: string): VaultError {
  return windowError(
    "denied-by-policy",
    vscode.l10n.t(
      "{0} is production. A debugger would open its values to every extension of this window. Use another environment.",
      place,
    ),
  );
}
