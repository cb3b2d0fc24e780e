import * as vscode from "vscode";
import type { AppInfo } from "#core/run/vault-access.ts";
import type { Context } from "#core/vault/context.ts";
import type { OpenRotation } from "../open-rotations.ts";
import type { Filter } from "./filter.ts";
import type { AppNode, EnvironmentNode, RangeNode, SecretNode } from "./nodes.ts";
import { type RowIcon, secretRow } from "./row.ts";
import { rowDescription, rowLabel } from "./row-texts.ts";

const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

/** An id that another kind of filtering doesn't share, so that what matches is shown unfolded. */
export function appItem({ app }: AppNode, isEmpty: boolean, filter: Filter): vscode.TreeItem {
  const item = new vscode.TreeItem(app, isEmpty ? None : Expanded);
  item.id = `${idPrefix(filter)}${app}`;
  item.contextValue = "app";
  item.iconPath = iconOf(APP);
  item.accessibilityInformation = { label: vscode.l10n.t("App {0}", app) };
  return item;
}

export function environmentItem(
  { context }: EnvironmentNode,
  { secrets, production, shared }: AppInfo["environments"][number],
  { isActive, isUnfolded }: { readonly isActive: boolean; readonly isUnfolded: boolean },
  filter: Filter,
): vscode.TreeItem {
  const { app, environment } = context;
  const open = isUnfolded || !filter.isOff ? Expanded : Collapsed;
  const item = new vscode.TreeItem(environment, secrets === 0 ? None : open);
  const active = isActive ? [vscode.l10n.t("active")] : [];
  const others = shared === undefined ? [] : [vscode.l10n.t("shared")];
  const marks = [...active, ...(production ? [vscode.l10n.t("every use is asked about")] : []), ...others];
  const count = countText(secrets);
  item.id = `${idPrefix(filter)}${app}/${environment}`;
  item.contextValue = ["environment", ...(isActive ? ["active"] : []), ...(production ? ["production"] : [])].join(" ");
  item.iconPath = iconOf({
    id: isActive ? "target" : "server-environment",
    ...(production ? { color: "list.warningForeground" } : {}),
  });
  item.description = [...active, ...(production ? [vscode.l10n.t("production")] : []), ...others, count].join(" · ");
  item.tooltip = [`${app}/${environment}`, count, ...marks].join("\n");
  item.accessibilityInformation = {
    label: [vscode.l10n.t("Environment {0} of {1}", environment, app), count, ...marks].join(", "),
  };
  return item;
}

export function rangeItem({ context, index, infos }: RangeNode, filter: Filter): vscode.TreeItem {
  const [first, last] = [infos[0]!.name, infos.at(-1)!.name];
  const item = new vscode.TreeItem(`${first} …`, Collapsed);
  // No name of a secret has this sign.
  item.id = `${idPrefix(filter)}${context.app}/${context.environment}/#${index}`;
  item.contextValue = "range";
  item.iconPath = iconOf(RANGE);
  item.description = last;
  item.tooltip = `${first} … ${last}\n${countText(infos.length)}`;
  item.accessibilityInformation = { label: vscode.l10n.t("{0} from {1} to {2}", countText(infos.length), first, last) };
  return item;
}

/** Called for every secret of an opened environment: what only a tooltip needs is made when one is shown. */
export function secretItem(
  { context, info }: SecretNode,
  rotation: OpenRotation | undefined,
  filter: Filter,
  now: number,
): vscode.TreeItem {
  const row = secretRow(info, now, rotation);
  const highlights = filter.isOff ? [] : filter.highlights(info.name);
  const item = new vscode.TreeItem({ label: info.name, highlights }, None);
  item.id = secretId(context, info.name, filter);
  item.contextValue = ["secret", ...row.marks].join(" ");
  item.iconPath = iconOf(row.icon);
  item.description = rowDescription(row);
  item.accessibilityInformation = { label: rowLabel(row) };
  return item;
}

function secretId({ app, environment }: Context, name: string, filter: Filter): string {
  return `${idPrefix(filter)}${app}/${environment}/${name}`;
}

function countText(secrets: number): string {
  switch (secrets) {
    case 0:
      return vscode.l10n.t("no secrets");
    case 1:
      return vscode.l10n.t("1 secret");
    default:
      return vscode.l10n.t("{0} secrets", secrets.toLocaleString(vscode.env.language));
  }
}

function idPrefix(filter: Filter): string {
  return filter.isOff ? "" : "filtered:";
}

const APP: RowIcon = { id: "package" };
const RANGE: RowIcon = { id: "list-flat" };
const icons = new Map<RowIcon["id"], vscode.ThemeIcon>();

function iconOf({ id, color }: RowIcon): vscode.ThemeIcon {
  const key = `${id} ${color}`;
  let icon = icons.get(key);
  if (icon === undefined) {
    icon = new vscode.ThemeIcon(id, color === undefined ? undefined : new vscode.ThemeColor(color));
    icons.set(key, icon);
  }
  return icon;
}
