import * as vscode from "vscode";
import { VaultError } from "#core/vault-error.ts";
import { findPaths, homeFolder } from "#mcp/device/paths.ts";
import type { ThisProcess } from "#mcp/device/this-process.ts";
import { writeLog } from "#mcp/device/write-log.ts";
import type { ServerDeps } from "#mcp/server-deps.ts";
import { ActiveContext } from "./active-context.ts";
import { ApprovalQueue } from "./approvals/approval-queue.ts";
import { ApprovalsView } from "./approvals/approvals-view.ts";
import { askInWindow } from "./approvals/ask-in-window.ts";
import { OpenRotations } from "./open-rotations.ts";
import type { WindowServer } from "./serve-window.ts";
import { ServerState } from "./server/server-state.ts";
import { settings } from "./settings.ts";
import { telling } from "./show-error.ts";
import { showStatus } from "./status-bar.ts";
import { SecretsView } from "./tree/secrets-view.ts";
import type { Window } from "./window.ts";
import { WindowContext } from "./window-context.ts";
import { WindowVault } from "./window-vault.ts";
import { alarmText } from "./words/alarm-text.ts";
import { windowError } from "./words/error-text.ts";

export interface OpenedWindow extends Window {
  readonly approvals: ApprovalsView;
  /** Locks the vault and ends what runs with its secrets. */
  close(): Promise<void>;
}

/** The window's parts, put together. Nothing heavy is loaded here: a window opens many times a day. */
export function openWindow(extension: vscode.ExtensionContext): OpenedWindow {
  const own = ownProcess();
  const log = (line: string): void => writeLog(own, line);
  const remote = new ServerState(own.paths);
  const vault = new WindowVault(own, {
    onServer: remote.note,
    idleMs: () => settings().lockAfterMs,
    onCanary: ({ client, names }) =>
      void vscode.window.showErrorMessage(
        vscode.l10n.t(
          "{0} tried to use a decoy ({1}). It was refused. Find out why before you go on.",
          client,
          names.join(", "),
        ),
      ),
    onAlarm: (notice) => void vscode.window.showWarningMessage(alarmText(notice)),
  });
  const context = new WindowContext(own, extension.workspaceState);
  const queue = new ApprovalQueue(ANSWER_MS);
  const approvals = new ApprovalsView(extension.extensionUri, queue, vault);
  const ask = askInWindow(queue, approvals);
  const active = new ActiveContext(context);
  const rotations = new OpenRotations(vault, own.paths.runtime);
  const secrets = new SecretsView({
    vault,
    rotations,
    active,
    remote,
    drop: (dragged, to) =>
      telling(log, async () => (await import("./commands/copy-or-move.ts")).copyOrMove(window, dragged, to)),
  });
  extension.subscriptions.push(active, rotations, secrets, showStatus({ vault, active, queue, remote, rotations }));
  let deps: Promise<ServerDeps> | undefined;
  let server: Promise<WindowServer> | undefined;

  const window: OpenedWindow = {
    ...{ own, extension, vault, remote, context, active, queue, approvals, rotations, secrets, log, atClose: [] },
    deps: () => {
      if (!vscode.workspace.isTrusted) return Promise.reject(untrusted());
      deps ??= import("./window-deps.ts").then(({ windowDeps }) => windowDeps(window, () => ask));
      return deps;
    },
    server: () => {
      server ??= startServer(window, () => ask);
      server.catch(() => {
        server = undefined;
      });
      return server;
    },
    prepare: () => void prepare(window).catch(() => log("the code of an unlock could not be loaded")),
    unlocked: async () => {
      if (vault.access !== undefined) return vault.access;
      const { unlock } = await import("./commands/vault.ts");
      await unlock(window);
      if (vault.access === undefined) throw new VaultError("cancelled", "The vault stays locked.");
      return vault.access;
    },
    close: async () => {
      queue.denyAll();
      await vault.lock();
      await Promise.all(window.atClose.map((end) => end()));
      await (await deps)?.shells.closeAll();
      await (await server?.catch(() => undefined))?.close();
    },
  };
  const tell = (key: string, value: unknown): void =>
    void vscode.commands.executeCommand("setContext", `opaquevault.${key}`, value);
  const tellContext = (): void => void context.label().then((label) => tell("hasContext", label !== undefined));
  const tellServer = (): void => tell("isOnServer", remote.face.kind === "server");
  tellServer();
  remote.onDidChange(tellServer);
  extension.subscriptions.push(vscode.window.onDidChangeWindowState(() => remote.look()));
  context.onDidChange(tellContext);
  queue.onDidAllow(() => tell("wasUsed", true));
  vault.onDidChange(({ kind }) => {
    tell("state", kind);
    tellContext();
    if (kind === "unlocked" && vscode.workspace.isTrusted) {
      window.server().catch(() => log("window-server could not start"));
    } else if (kind === "locked") {
      queue.denyAll();
      void deps?.then(async ({ shells, matchers }) => {
        await shells.closeAll();
        matchers.close();
      });
    }
  });
  return window;
}

async function prepare(window: Window): Promise<void> {
  await window.vault.prepare();
  if (!vscode.workspace.isTrusted) return;
  const { loadServer } = await import("./serve-window.ts");
  await loadServer(await window.deps());
}

async function startServer(
  window: Window,
  newAsk: Parameters<typeof import("./serve-window.ts").serveWindow>[0]["newAsk"],
) {
  const { serveWindow } = await import("./serve-window.ts");
  const { own, vault } = window;
  return serveWindow({ own, vault, deps: await window.deps(), newAsk, transport: settings().transport });
}

function ownProcess(): ThisProcess {
  const chosen = settings();
  const own = chosen.home === "" ? {} : { OV_HOME: chosen.home };
  const env = { ...process.env, OV_INTERCEPT_MODE: chosen.interceptMode, ...own };
  const home = homeFolder();
  return { env, cwd: home, home, paths: findPaths(env) };
}

function untrusted(): VaultError {
  return windowError(
    "denied-by-policy",
    vscode.l10n.t("Secrets are not used in a folder that you don't trust. Trust the workspace first."),
  );
}

/** ms that a request waits for an answer. */
const ANSWER_MS = 5 * 60_000;
