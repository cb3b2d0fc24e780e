import * as vscode from "vscode";
import { formatContext, parseContext } from "#core/vault/context.ts";
import { findProjectFile } from "#core/vault/project-file.ts";
import { type ResolvedContext, resolveContext } from "#core/vault/resolve-context.ts";
import { isVaultError } from "#core/vault-error.ts";
import type { ThisProcess } from "#mcp/device/this-process.ts";
import { readUserConfig } from "#mcp/device/user-config.ts";

const CHOSEN = "opaquevault.context";

/** The context that this window works in: `.ov.yaml`, else what was chosen for the folder, else the user's own. */
export class WindowContext {
  readonly #own: ThisProcess;
  readonly #memory: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(own: ThisProcess, memory: vscode.Memento) {
    this.#own = own;
    this.#memory = memory;
  }

  /** Where commands run: the folder of the active editor, else the first one. */
  get folder(): string {
    const active = vscode.window.activeTextEditor?.document.uri;
    const folder = (active && vscode.workspace.getWorkspaceFolder(active)) ?? vscode.workspace.workspaceFolders?.[0];
    return folder?.uri.scheme === "file" ? folder.uri.fsPath : this.#own.home;
  }

  /** What stands where neither an argument nor a project file names a context. */
  get userDefault(): { readonly app?: string; readonly environment?: string } {
    const chosen = this.#memory.get<string>(CHOSEN);
    if (chosen !== undefined) return parseContext(chosen);
    const { app, environment } = readUserConfig(this.#own.paths.config);
    return { ...(app === undefined ? {} : { app }), ...(environment === undefined ? {} : { environment }) };
  }

  async choose(context: { readonly app: string; readonly environment: string } | undefined): Promise<void> {
    await this.#memory.update(CHOSEN, context && `${context.app}/${context.environment}`);
    this.#changed.fire();
  }

  /** The context and names of a command in `folder`. Refuses with `context-missing` where nothing names one. */
  async resolve(folder = this.folder, command?: string): Promise<ResolvedContext> {
    const file = vscode.workspace.isTrusted ? await findProjectFile(folder, this.#own.home) : undefined;
    return resolveContext({}, file, this.userDefault, command);
  }

  /** `app/environment`, or undefined where nothing names one. */
  async label(): Promise<string | undefined> {
    try {
      return formatContext((await this.resolve()).context);
    } catch (error) {
      if (isVaultError(error)) return undefined;
      throw error;
    }
  }
}
