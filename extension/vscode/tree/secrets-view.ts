import * as vscode from "vscode";
import type { ActiveContext } from "../active-context.ts";
import type { WindowVault } from "../window-vault.ts";
import { dragSecrets } from "./drag-secrets.ts";
import { Filter } from "./filter.ts";
import type { Node } from "./nodes.ts";
import { type Loaded, SecretTree } from "./secret-tree.ts";

export interface SecretsViewDeps {
  readonly vault: WindowVault;
  readonly active: ActiveContext;
  /** Asks whether to copy or to move, and does it. */
  readonly drop: Parameters<typeof dragSecrets>[0];
}

/** The tree in the sidebar. It follows the vault: its state, what this window writes, and what other processes write. */
export class SecretsView {
  readonly #tree: SecretTree;
  readonly #view: vscode.TreeView<Node>;
  readonly #owned: readonly vscode.Disposable[];
  #isEmpty: boolean | undefined;

  constructor({ vault, active, drop }: SecretsViewDeps) {
    const tree = new SecretTree({ access: () => vault.access, active: () => active.context, now: Date.now });
    this.#tree = tree;
    const view = vscode.window.createTreeView(SECRETS_VIEW, {
      treeDataProvider: tree,
      dragAndDropController: dragSecrets(drop),
      canSelectMany: true,
      showCollapseAll: true,
    });
    this.#view = view;
    const look = (): void => {
      if (view.visible && vscode.window.state.focused) void tree.check();
    };
    const timer = setInterval(look, LOOK_MS);
    this.#owned = [
      view,
      { dispose: () => clearInterval(timer) },
      view.onDidExpandElement(({ element }) => tree.noteUnfolded(element, true)),
      view.onDidCollapseElement(({ element }) => tree.noteUnfolded(element, false)),
      tree.onDidLoad((loaded) => this.#show(loaded)),
      vault.onDidChange(() => this.#restart()),
      vault.onDidWrite(() => view.visible && void tree.check()),
      active.onDidChange(() => tree.refresh()),
      vscode.window.onDidChangeWindowState(look),
      view.onDidChangeVisibility(look),
    ];
  }

  get filter(): string {
    return this.#tree.filter.text;
  }

  set filter(text: string) {
    const filter = new Filter(text);
    if (filter.text === this.filter) return;
    this.#tree.filter = filter;
    void vscode.commands.executeCommand("setContext", "opaquevault.isFiltered", !filter.isOff);
    if (filter.isOff) this.#view.message = "";
  }

  refresh(): void {
    this.#tree.refresh();
  }

  dispose(): void {
    for (const each of this.#owned) each.dispose();
  }

  /** Of a vault that was locked, nothing is remembered: not what was looked for in it, either. */
  #restart(): void {
    this.filter = "";
    this.#view.message = "";
    this.#tree.forget();
  }

  #show({ isEmpty, matches, problem }: Loaded): void {
    this.#view.message = problem ?? this.#filterText(matches);
    if (isEmpty === this.#isEmpty) return;
    this.#isEmpty = isEmpty;
    void vscode.commands.executeCommand("setContext", "opaquevault.isEmpty", isEmpty);
  }

  #filterText(matches: number): string {
    if (this.#tree.filter.isOff) return "";
    switch (matches) {
      case 0:
        return vscode.l10n.t('No secret matches "{0}".', this.filter);
      case 1:
        return vscode.l10n.t('Filtered by "{0}": 1 secret.', this.filter);
      default:
        return vscode.l10n.t(
          'Filtered by "{0}": {1} secrets.',
          this.filter,
          matches.toLocaleString(vscode.env.language),
        );
    }
  }
}

export const SECRETS_VIEW = "opaquevault.secrets";

/** How often a visible tree looks whether another process wrote. The look reads a few small files. */
const LOOK_MS = 3_000;
