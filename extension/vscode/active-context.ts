import * as vscode from "vscode";
import { type Context, formatContext } from "#core/vault/context.ts";
import { PROJECT_FILE } from "#core/vault/project-file.ts";
import type { ContextSource } from "#core/vault/resolve-context.ts";
import { isVaultError } from "#core/vault-error.ts";
import type { WindowContext } from "./window-context.ts";
import { messageOf } from "./words/error-text.ts";

/** The context of this window as it was found last, or why there is none. */
export type Active =
  | { readonly kind: "known"; readonly context: Context; readonly source: ContextSource; readonly file?: string }
  | { readonly kind: "none"; readonly reason: string };

/** What the tree and the status bar show as active. Follows the choice, `.ov.yaml`, trust, and the editor's folder. */
export class ActiveContext {
  readonly #context: WindowContext;
  readonly #changed = new vscode.EventEmitter<Active>();
  readonly #watched: readonly vscode.Disposable[];
  readonly onDidChange = this.#changed.event;
  #active: Active = { kind: "none", reason: "" };

  constructor(context: WindowContext) {
    this.#context = context;
    const look = (): void => void this.#look();
    const files = vscode.workspace.createFileSystemWatcher(`**/${PROJECT_FILE}`);
    this.#watched = [
      this.#changed,
      files,
      files.onDidChange(look),
      files.onDidCreate(look),
      files.onDidDelete(look),
      // One above the workspace is not watched.
      vscode.workspace.onDidSaveTextDocument(({ uri }) => uri.path.endsWith(`/${PROJECT_FILE}`) && look()),
      context.onDidChange(look),
      vscode.workspace.onDidGrantWorkspaceTrust(look),
      vscode.workspace.onDidChangeWorkspaceFolders(look),
      vscode.window.onDidChangeActiveTextEditor(() => {
        // Only with several folders does another editor mean another folder.
        if ((vscode.workspace.workspaceFolders?.length ?? 0) > 1) look();
      }),
    ];
    look();
  }

  get current(): Active {
    return this.#active;
  }

  get context(): Context | undefined {
    return this.#active.kind === "known" ? this.#active.context : undefined;
  }

  dispose(): void {
    for (const each of this.#watched) each.dispose();
  }

  async #look(): Promise<void> {
    const active = await this.#resolve();
    if (key(active) === key(this.#active)) return;
    this.#active = active;
    this.#changed.fire(active);
  }

  async #resolve(): Promise<Active> {
    try {
      const { context, source, projectFile } = await this.#context.resolve();
      return { kind: "known", context, source, ...(projectFile === undefined ? {} : { file: projectFile.path }) };
    } catch (error) {
      if (isVaultError(error, "context-missing")) return { kind: "none", reason: "" };
      return { kind: "none", reason: isVaultError(error) ? messageOf(error) : "" };
    }
  }
}

function key(active: Active): string {
  return active.kind === "none" ? active.reason : `${formatContext(active.context)} ${active.source} ${active.file}`;
}
