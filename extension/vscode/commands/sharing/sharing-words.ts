import { l10n } from "vscode";
import type { Role } from "#core/vault/manifest.ts";

export const ROLES: readonly Role[] = ["reader", "writer", "admin"];

/** Also as part of a sentence. */
export function roleText(role: Role): string {
  switch (role) {
    case "reader":
      return l10n.t("reader");
    case "writer":
      return l10n.t("writer");
    case "admin":
      return l10n.t("admin");
  }
}

export function roleMeaning(role: Role): string {
  switch (role) {
    case "reader":
      return l10n.t("Uses the secrets: runs, agents, VS Code");
    case "writer":
      return l10n.t("Also writes, deletes and rolls back secrets");
    case "admin":
      return l10n.t("Also invites, removes, changes roles, tokens, keys and the policy");
  }
}

export function roleIcon(role: Role): string {
  switch (role) {
    case "reader":
      return "eye";
    case "writer":
      return "edit";
    case "admin":
      return "shield";
  }
}
