import * as vscode from "vscode";
import type { ActiveContext } from "../active-context.ts";
import type { OpenRotations } from "../open-rotations.ts";
import type { ServerState } from "../server/server-state.ts";
import { serverProblem } from "../server/server-texts.ts";
import type { WindowVault } from "../window-vault.ts";
import { dragSecrets } from "./drag-secrets.ts";
import { Filter } from "./filter.ts";
import type { Node } from "./nodes.ts";
import { type Loaded, SecretTree } from "./secret-tree.ts";

export interface SecretsViewDeps {
  readonly vault: WindowVault;
  readonly active: ActiveContext;
  readonly remote: ServerState;
  readonly rotations: OpenRotations;
  /** Asks whether to copy or to move, and does it. */
  readonly drop: Parameters<typeof dragSecrets>[0];
}

/** The tree in the sidebar. It follows the vault: its state, what this window writes, and what other processes write. */
export class SecretsView {
  readonly #tree: SecretTree;
  readonly #view: vscode.TreeView<Node>;
  readonly #remote: ServerState;
  readonly #owned: readonly vscode.Disposable[];
  #isEmpty: boolean | undefined;
  #loaded: Loaded = { isEmpty: false, matches: 0 };

  constructor({ vault, active, remote, rotations, drop }: SecretsViewDeps) {
    this.#remote = remote;
    const tree = new SecretTree({
      access: () => vault.access,
      active: () => active.context,
      rotations,
      now: Date.now,
    });
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
      rotations.onDidChange(() => tree.refresh()),
      remote.onDidChange(() => this.#showServer()),
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
    if (filter.isOff) this.#showMessage();
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
    this.#loaded = { isEmpty: false, matches: 0 };
    this.#showServer();
    this.#tree.forget();
    if (this.#view.visible) this.#tree.begin();
  }

  #show(loaded: Loaded): void {
    const { isEmpty } = loaded;
    this.#loaded = loaded;
    this.#showMessage();
    if (isEmpty === this.#isEmpty) return;
    this.#isEmpty = isEmpty;
    void vscode.commands.executeCommand("setContext", "opaquevault.isEmpty", isEmpty);
  }

  #showServer(): void {
    const { face } = this.#remote;
    this.#view.description = face.kind === "none" ? "" : hostOf(face.url);
    this.#showMessage();
  }

  #showMessage(): void {
    const server = serverProblem(this.#remote.face);
    const { problem, matches } = this.#loaded;
    const lines = [server, server === undefined ? problem : undefined, this.#filterText(matches)];
    this.#view.message = lines.filter((line) => line !== undefined && line !== "").join("\n");
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

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

export const SECRETS_VIEW = "opaquevault.secrets";

/** How often a visible tree looks whether another process wrote. The look reads a few small files. */
const LOOK_MS = 3_000;
