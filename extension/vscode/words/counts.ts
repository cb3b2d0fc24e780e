import { l10n } from "vscode";

export function secretCount(count: number): string {
  return count === 1 ? l10n.t("1 secret") : l10n.t("{0} secrets", count);
}

export function byteCount(count: number): string {
  return count === 1 ? l10n.t("1 byte") : l10n.t("{0} bytes", count);
}
