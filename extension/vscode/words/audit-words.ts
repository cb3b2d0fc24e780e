import { env, l10n, type QuickPickItem, ThemeColor, ThemeIcon } from "vscode";
import type { Anomaly } from "#core/run/audit/anomalies.ts";
import type { AuditLine } from "#core/run/audit/audit-line.ts";
import { stillVisible } from "#core/run/visible-text.ts";
import type { AuditAction } from "#core/vault/audit-entry.ts";

/** An entry as a row of a list: what and which secrets; where and who; when, by which device, how it ended, what is unusual. */
export function entryTexts(line: AuditLine): Pick<QuickPickItem, "label" | "description" | "detail"> {
  const { action, names, context, device, time, anomalies = [] } = line;
  const who = whoText(line);
  const unusual = anomalies.length === 0 ? [] : [l10n.t("unusual: {0}", anomalies.map(unusualText).join(", "))];
  return {
    label: [actionText(action), names.join(", ")].join(" ").trimEnd(),
    description: [...(context === undefined ? [] : [context]), ...(who === "" ? [] : [who])].join(" · "),
    detail: [
      ...[exactTime(time), l10n.t("device {0}", device.slice(0, SHORT_ID))],
      ...[stillVisible(outcomeOf(line)), ...unusual],
    ].join(" · "),
  };
}

/** Whose client, where it is another member's; "owner" is the person of this vault. */
export function whoText({ source, member, actor }: AuditLine): string {
  const client = source === "server" ? l10n.t("the server") : actor === "owner" ? l10n.t("you") : stillVisible(actor);
  if (member === undefined) return client;
  return actor === "owner" || actor === "" ? stillVisible(member) : `${stillVisible(member)}: ${client}`;
}

/** A codicon; the words beside it say the same. */
export function iconOf({ action, outcome, anomalies }: AuditLine): ThemeIcon {
  if (anomalies !== undefined) return new ThemeIcon("warning", new ThemeColor("list.warningForeground"));
  if (/denied|required|refused|wrong-password/.test(`${outcome} ${action}`)) return new ThemeIcon("circle-slash");
  if (action.startsWith("run") || action === "shell") return new ThemeIcon("play");
  if (action === "unlock" || action === "create-vault") return new ThemeIcon("unlock");
  return new ThemeIcon(action === "reveal" ? "eye" : "record");
}

/** What was done, as a person reads it. An action of a newer version is shown as it is. */
export function actionText(action: string): string {
  actions ??= new Map(Object.entries({ ...ACTION(), ...OF_SERVER() }));
  return actions.get(action) ?? action; // any text may stand in an entry
}

/** A search goes through 100,000 entries. */
let actions: ReadonlyMap<string, string> | undefined;
let outcomes: ReadonlyMap<string, string> | undefined;

/** To the second. */
export function exactTime(ms: number): string {
  format ??= new Intl.DateTimeFormat(env.language, { dateStyle: "medium", timeStyle: "medium" });
  return format.format(ms);
}

let format: Intl.DateTimeFormat | undefined;

/** How it ended, with the exit code of a command. */
export function outcomeOf({ outcome, exitCode }: AuditLine): string {
  const text = outcomeText(outcome);
  return exitCode === undefined ? text : `${text}, ${l10n.t("exit code {0}", exitCode)}`;
}

/** How it ended: "ok", a word, or an error's code, and what a colon brings behind it. */
export function outcomeText(outcome: string): string {
  const cut = /^entries (\d+) to (\d+) are not here/.exec(outcome);
  if (cut !== null) return l10n.t("entries {0} to {1} are not here: cut off, or kept elsewhere", cut[1]!, cut[2]!);
  const [first = "", ...rest] = outcome.split(": ");
  outcomes ??= new Map(Object.entries(OUTCOME()));
  const text = outcomes.get(first) ?? first;
  return [text, ...rest].join(": ");
}

/** What is unusual about an entry, in a word or two. */
export function unusualText(anomaly: Anomaly): string {
  switch (anomaly) {
    case "device":
      return l10n.t("a new device");
    case "client":
      return l10n.t("a new client");
    case "hours":
      return l10n.t("outside of the usual hours");
    case "decoy":
      return l10n.t("a decoy");
    case "burst":
      return l10n.t("many uses within a minute");
    case "missing":
      return l10n.t("missing entries");
  }
}

/** Why that is worth a look. */
export function unusualReason(anomaly: Anomaly): string {
  switch (anomaly) {
    case "device":
      return l10n.t("The first use from this device, or the first after 90 days.");
    case "client":
      return l10n.t("The first use by this client, or the first after 90 days.");
    case "hours":
      return l10n.t('A value was used at an hour that is not usual. "ov config set usual_hours" says which are.');
    case "decoy":
      return l10n.t("Somebody wanted a secret that nobody has a reason to use. Find out why.");
    case "burst":
      return l10n.t("30 uses by one client on one device within a minute.");
    case "missing":
      return l10n.t("Another device wrote entries that are not here any more.");
  }
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
  redact: l10n.t("hidden from an agent"),
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

/** What is no action of a person's: entries that are not there or can't be opened, and what a server saw. */
const OF_SERVER = (): Readonly<Record<string, string>> => ({
  missing: l10n.t("entries missing"),
  unreadable: l10n.t("entry of a deleted environment"),
  "account.create": l10n.t("account created"),
  "account.write": l10n.t("account changed"),
  "account.login": l10n.t("login changed"),
  "account.recover": l10n.t("logged in by recovery code"),
  "login.refused": l10n.t("login refused"),
  "invite.create": l10n.t("invite kept"),
  "invite.accept": l10n.t("invite accepted"),
  "invite.delete": l10n.t("invite deleted"),
  "token.create": l10n.t("token kept"),
  "token.delete": l10n.t("token deleted"),
  "device.enrol": l10n.t("device logged in"),
  "device.delete": l10n.t("device ended"),
  "environment.write": l10n.t("environment changed"),
  "environment.delete": l10n.t("environment deleted"),
  "environment.undo": l10n.t("environment restored"),
  "records.stage": l10n.t("secrets received"),
  "records.delete": l10n.t("old secrets deleted"),
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
  "no key of this account opens it": l10n.t("no key of this account opens it"),
});

const SHORT_ID = 8;
