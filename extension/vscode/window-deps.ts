import * as vscode from "vscode";
import type { Ask } from "#core/run/vault-access.ts";
import { type Context, formatContext, requireSecretName, type SecretName } from "#core/vault/context.ts";
import { serverDeps } from "#mcp/device/process-deps.ts";
import type { LeakNotice, SecretQuestion, ServerDeps } from "#mcp/server-deps.ts";
import { askLine } from "./ask-person.ts";
import { lookUp } from "./pick-secret.ts";
import { telling } from "./show-error.ts";
import { watchShell } from "./terminal/agent-shell.ts";
import { EnvironmentNode, SecretNode } from "./tree/nodes.ts";
import type { Window } from "./window.ts";

/** What runs and MCP tools of this window work with. */
export function windowDeps(window: Window, newAsk: (client: string) => Ask): ServerDeps {
  const { own, vault, context } = window;
  const fixed = serverDeps(own, {
    access: async () => vault.access,
    newAsk,
    askSecret,
    onLeaked: (leak) => void showLeaked(window, leak),
  });
  return {
    ...fixed,
    watchShell: (client) => watchShell(fixed.shells, client),
    // Folders come and go, and another context may be chosen, while the server runs.
    get place() {
      const folders = vscode.workspace.workspaceFolders ?? [];
      const roots = folders.filter(({ uri }) => uri.scheme === "file").map(({ uri }) => uri.fsPath);
      return { cwd: context.folder, environment: own.env, ...(roots.length === 0 ? {} : { roots }) };
    },
    get userDefault() {
      return context.userDefault;
    },
  };
}

async function askSecret(
  { context, name, client }: SecretQuestion,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const answer = await askLine(
    {
      title: vscode.l10n.t("New value for {0}", name),
      prompt: vscode.l10n.t(
        "{0} asks for it, for {1}. It never sees what you type here.",
        client,
        formatContext(context),
      ),
      hidden: true,
      problem: (text) => (text === "" ? vscode.l10n.t("A value has at least one character.") : undefined),
    },
    signal,
  );
  return answer === undefined ? undefined : Buffer.from(answer, "utf8");
}

async function showLeaked(window: Window, { context, cwd, files }: LeakNotice): Promise<void> {
  const [first] = files;
  if (first === undefined) return;
  window.secrets.refresh();
  const open = vscode.l10n.t("Open");
  const rotate = vscode.l10n.t("Rotate");
  const names = [...new Set(files.flatMap((file) => file.names))];
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t("A command left values of {0} in {1}.", names.join(", "), files.map(({ path }) => path).join(", ")),
    open,
    rotate,
  );
  if (answer === open) {
    const uri = vscode.Uri.joinPath(vscode.Uri.file(cwd), first.path);
    await vscode.window.showTextDocument(uri);
  } else if (answer === rotate) {
    window.log("leak-rotate");
    await telling(window.log, () => rotateLeaked(window, context, names.map(requireSecretName)));
  }
}

/** The one secret, or one of the environment that the person chooses. */
async function rotateLeaked(window: Window, context: Context, names: readonly SecretName[]): Promise<void> {
  const { rotateSecret } = await import("./commands/rotation/rotate-secret.ts");
  const access = await window.unlocked();
  const [name, ...more] = names;
  const only = name === undefined || more.length > 0 ? undefined : await lookUp(access, context, name);
  await rotateSecret(window, only === undefined ? new EnvironmentNode(context) : new SecretNode(context, only));
}
