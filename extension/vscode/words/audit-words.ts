import { l10n } from "vscode";
import type { AuditAction } from "#core/vault/audit-entry.ts";

/** What was done, as a person reads it. An action of a newer version is shown as it is. */
export function actionText(action: string): string {
  return ACTION()[action as AuditAction] ?? action; // any text may stand in an entry
}

/** How it ended: "ok", a word, or an error's code, and what a colon brings behind it. */
export function outcomeText(outcome: string): string {
  const [first = "", ...rest] = outcome.split(": ");
  const text = OUTCOME()[first] ?? first;
  return [text, ...rest].join(": ");
}

const ACTION = (): Readonly<Record<AuditAction, string>> => ({
  "create-vault": l10n.t("vault created"),
  unlock: l10n.t("vault unlocked"),
  "unlock-failed": l10n.t("wrong master password"),
  recover: l10n.t("opened by recovery code"),
  "recovery-code": l10n.t("new recovery code"),
  "change-password": l10n.t("master password changed"),
  "accept-restore": l10n.t("older copy accepted"),
  "create-app": l10n.t("app created"),
  "delete-app": l10n.t("app deleted"),
  "create-environment": l10n.t("environment created"),
  "delete-environment": l10n.t("environment deleted"),
  "turn-epoch": l10n.t("keys of the environment replaced"),
  write: l10n.t("written"),
  rename: l10n.t("renamed"),
  delete: l10n.t("deleted"),
  undelete: l10n.t("restored"),
  purge: l10n.t("destroyed for good"),
  rollback: l10n.t("rolled back"),
  copy: l10n.t("copied"),
  run: l10n.t("given to a command"),
  shell: l10n.t("given to a shell"),
  "run-ended": l10n.t("command ended"),
  reveal: l10n.t("value shown"),
  approve: l10n.t("approval"),
  policy: l10n.t("policy changed"),
  canary: l10n.t("decoy touched"),
  expose: l10n.t("marked as exposed"),
  export: l10n.t("exported"),
  rotate: l10n.t("rotated"),
  compare: l10n.t("compared"),
  invite: l10n.t("invited"),
  join: l10n.t("joined"),
  grant: l10n.t("keys given"),
  "change-role": l10n.t("role changed"),
  "remove-member": l10n.t("member removed"),
  leave: l10n.t("left the environment"),
  "create-token": l10n.t("token created"),
  "revoke-token": l10n.t("token revoked"),
});

const OUTCOME = (): Readonly<Record<string, string>> => ({
  ok: l10n.t("ok"),
  ended: l10n.t("ended"),
  failed: l10n.t("failed"),
  cancelled: l10n.t("cancelled"),
  refused: l10n.t("refused"),
  "timed-out": l10n.t("timed out"),
  "denied-by-user": l10n.t("denied by you"),
  "denied-by-policy": l10n.t("denied by the policy"),
  "approval-required": l10n.t("nobody allowed it"),
  "wrong-password": l10n.t("wrong master password"),
});
