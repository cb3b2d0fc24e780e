import * as vscode from "vscode";
import type { AppInfo, SecretInfo, VaultAccess } from "#core/run/vault-access.ts";
import { type Context, formatContext } from "#core/vault/context.ts";
import { isVaultError } from "#core/vault-error.ts";
import type { OpenRotations } from "../open-rotations.ts";
import { messageOf } from "../words/error-text.ts";
import { Filter } from "./filter.ts";
import { Listings } from "./listings.ts";
import { AppNode, EnvironmentNode, type Node, RangeNode, SecretNode } from "./nodes.ts";
import { inRanges } from "./ranges.ts";
import { secretRow } from "./row.ts";
import { rowTooltip } from "./row-texts.ts";
import { appItem, environmentItem, rangeItem, secretItem } from "./tree-items.ts";

/** What became of reading the vault. `problem` is undefined where it could be read. */
export interface Loaded {
  readonly isEmpty: boolean;
  /** Secrets that the filter lets through; 0 without a filter. */
  readonly matches: number;
  readonly problem?: string;
}

export interface SecretTreeDeps {
  readonly access: () => VaultAccess | undefined;
  readonly active: () => Context | undefined;
  readonly rotations: Pick<OpenRotations, "of" | "look">;
  readonly now: () => number;
}

/** What is in the vault, at one moment. */
interface Look {
  readonly revision: string;
  readonly apps: readonly AppInfo[];
  readonly listings: Listings;
}

/** Apps, their environments, and the secrets of those that are opened: nothing else is listed. */
export class SecretTree implements vscode.TreeDataProvider<Node> {
  readonly #deps: SecretTreeDeps;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #loaded = new vscode.EventEmitter<Loaded>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly onDidLoad = this.#loaded.event;
  #filter = new Filter("");
  #environments = new Map<string, AppInfo["environments"][number]>();
  #matches = new Map<string, readonly SecretInfo[]>();
  #revision: string | undefined;
  #listings: Listings | undefined;
  /** The vault that was listed ahead: once after each unlock. */
  #listedAhead: VaultAccess | undefined;
  #begun: Promise<Look> | undefined;
  /** What a person opened or closed, by context: a filter shows all unfolded, and afterwards it is as before. */
  readonly #unfolded = new Map<string, boolean>();

  constructor(deps: SecretTreeDeps) {
    this.#deps = deps;
  }

  get filter(): Filter {
    return this.#filter;
  }

  set filter(filter: Filter) {
    this.#filter = filter;
    this.#changed.fire();
  }

  refresh(): void {
    this.#changed.fire();
  }

  /** The vault was locked, or another one opened: no name of the old one stays. */
  forget(): void {
    this.#environments.clear();
    this.#matches.clear();
    this.#unfolded.clear();
    this.#revision = undefined;
    this.#listings = undefined;
    this.#begun = undefined;
    this.refresh();
  }

  /** Begins to read the vault; VS Code asks for the tree a while after an unlock, when it has drawn other things. */
  begin(): void {
    const access = this.#deps.access();
    if (access === undefined) return;
    this.#begun = this.#look(access);
    this.#begun.catch(() => {}); // told to whoever asks
  }

  noteUnfolded(node: Node, isUnfolded: boolean): void {
    if (this.#filter.isOff && node instanceof EnvironmentNode)
      this.#unfolded.set(formatContext(node.context), isUnfolded);
  }

  /** Refreshes if something was written since the tree was read, by whatever process. */
  async check(): Promise<void> {
    const access = this.#deps.access();
    if (access === undefined || this.#revision === undefined) return;
    // An environment may go while its counter is read: the next look tells.
    const revision = await access.revision().catch(() => undefined);
    if (revision !== undefined && revision !== this.#revision) this.refresh();
  }

  async getChildren(node?: Node): Promise<Node[]> {
    const access = this.#deps.access();
    if (access === undefined) return [];
    try {
      if (node === undefined) return await this.#apps(access);
      if (node instanceof AppNode) return this.#environmentsOf(node);
      if (node instanceof EnvironmentNode) return await this.#insideOf(this.#listings ?? new Listings(access), node);
      if (node instanceof RangeNode) return secretNodes(node.context, node.infos);
      return [];
    } catch (error) {
      // It locked, or the environment went, while it was read: the tree is about to be told.
      if (isVaultError(error, "vault-locked", "context-not-found")) return [];
      const problem = isVaultError(error) ? messageOf(error) : vscode.l10n.t("The vault can't be read.");
      this.#loaded.fire({ isEmpty: false, matches: 0, problem });
      return [];
    }
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node instanceof AppNode) return appItem(node, this.#environmentsOf(node).length === 0, this.#filter);
    if (node instanceof SecretNode)
      return secretItem(node, this.#deps.rotations.of(node.context, node.info.name), this.#filter, this.#deps.now());
    if (node instanceof RangeNode) return rangeItem(node, this.#filter);
    const label = formatContext(node.context);
    const active = this.#deps.active();
    const isActive = active !== undefined && formatContext(active) === label;
    const environment = this.#environments.get(label);
    const shown = this.#matches.get(label)?.length ?? environment?.secrets ?? 0;
    const { environment: name } = node.context;
    const shared = environment?.shared;
    const info = {
      ...{ environment: name, production: environment?.production ?? false, secrets: shown },
      ...(shared === undefined ? {} : { shared }),
    };
    const isUnfolded = this.#unfolded.get(label) ?? isActive;
    return environmentItem(node, info, { isActive, isUnfolded }, this.#filter);
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    if (node instanceof SecretNode) {
      const now = this.#deps.now();
      const rotation = this.#deps.rotations.of(node.context, node.info.name);
      item.tooltip = rowTooltip(node.context, node.info, secretRow(node.info, now, rotation), now, rotation);
    }
    return item;
  }

  async #apps(access: VaultAccess): Promise<Node[]> {
    const begun = this.#begun;
    this.#begun = undefined;
    const { revision, apps, listings } = await (begun ?? this.#look(access));
    // What it finds redraws the tree; nobody waits for it.
    void this.#deps.rotations.look(access);
    this.#listings = listings;
    const environments = new Map<string, AppInfo["environments"][number]>();
    const matches = new Map<string, readonly SecretInfo[]>();
    for (const { app, environments: own } of apps) {
      for (const info of own) {
        const context = { app, environment: info.environment };
        environments.set(formatContext(context), info);
        if (this.#filter.isOff || info.secrets === 0) continue;
        const found = this.#filter.matching(context, await listings.list(context));
        if (found.length > 0) matches.set(formatContext(context), found);
      }
    }
    this.#revision = revision;
    this.#environments = environments;
    this.#matches = matches;
    const count = [...matches.values()].reduce((sum, found) => sum + found.length, 0);
    this.#loaded.fire({ isEmpty: apps.length === 0, matches: count });
    const nodes = apps.map(({ app }) => new AppNode(app));
    return this.#filter.isOff ? nodes : nodes.filter((node) => this.#environmentsOf(node).length > 0);
  }

  async #look(access: VaultAccess): Promise<Look> {
    // Before the rest, so that a write in between is noticed afterwards.
    const revision = await access.revision();
    const apps = await access.apps();
    // Not those of an earlier look: they may have begun before what was written since.
    const listings = new Listings(access);
    if (this.#listedAhead !== access) void listings.listAhead(apps).catch(() => {});
    this.#listedAhead = access;
    return { revision, apps, listings };
  }

  #environmentsOf({ app }: AppNode): EnvironmentNode[] {
    const own = [...this.#environments].filter(([label]) => label.startsWith(`${app}/`));
    return own
      .filter(([label]) => this.#filter.isOff || this.#matches.has(label))
      .map(([, { environment }]) => new EnvironmentNode({ app, environment }));
  }

  async #insideOf(listings: Listings, { context }: EnvironmentNode): Promise<Node[]> {
    const infos = this.#filter.isOff ? await listings.list(context) : this.#matches.get(formatContext(context));
    const ranges = inRanges(infos ?? []);
    if (ranges.length === 1) return secretNodes(context, ranges[0]!);
    return ranges.map((range, index) => new RangeNode(context, index, range));
  }
}

function secretNodes(context: Context, infos: readonly SecretInfo[]): SecretNode[] {
  return infos.map((info) => new SecretNode(context, info));
}
