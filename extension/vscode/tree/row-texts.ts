import { env, l10n } from "vscode";
import type { SecretInfo } from "#core/run/vault-access.ts";
import { stillVisible } from "#core/run/visible-text.ts";
import { type Context, formatContext } from "#core/vault/context.ts";
import { rotationDueAt } from "#core/vault/rotation-due.ts";
import type { OpenRotation } from "../open-rotations.ts";
import { phaseText } from "../words/rotation-words.ts";
import { type Age, ageOf, type Mark, type SecretRow } from "./row.ts";

/** Beside the name, what matters most in front: `rotation due · v3 · 2 mo. ago · billing`. */
export function rowDescription({ version, changed, tags, marks }: SecretRow): string {
  return [...marks.map(markText), `v${version}`, ago(changed), ...tags].join(" · ");
}

/** What a screen reader says. */
export function rowLabel({ name, version, changed, tags, marks }: SecretRow): string {
  return [
    l10n.t("Secret {0}", name),
    l10n.t("version {0}", version),
    l10n.t("changed {0}", ago(changed)),
    ...(tags.length === 0 ? [] : [l10n.t("tags {0}", tags.join(", "))]),
    ...marks.map(markText),
  ].join(", ");
}

/** All that is known of a secret but its value. Plain text, so that no words of an agent become a link. */
export function rowTooltip(
  context: Context,
  info: SecretInfo,
  row: SecretRow,
  now: number,
  rotation?: OpenRotation,
): string {
  const { tags, description, marks } = row;
  const due = rotationDueAt(info);
  return [
    `${formatContext(context)}/${info.name}`,
    ...(description === "" ? [] : [description]),
    "",
    l10n.t("Version {0}, changed {1}", info.version, when(info.updatedAt, now)),
    ...(info.version === 1 ? [] : [l10n.t("Created {0}", when(info.createdAt, now))]),
    ...(info.lastUsedAt === undefined ? [] : [l10n.t("Last used on this machine {0}", when(info.lastUsedAt, now))]),
    ...(due === undefined ? [] : [l10n.t("A new value is due {0}", new Date(due).toLocaleDateString(env.language))]),
    ...(tags.length === 0 ? [] : [l10n.t("Tags: {0}", tags.join(", "))]),
    ...(info.allowedHosts.length === 0 ? [] : [l10n.t("Goes to: {0}", info.allowedHosts.map(stillVisible).join(", "))]),
    ...(info.placeholder === undefined
      ? []
      : [l10n.t("Programs get a placeholder; the value is put into their requests.")]),
    ...(marks.length === 0 ? [] : ["", ...marks.map(markReason)]),
    ...(rotation === undefined ? [] : [l10n.t("Begun {0}: {1}", when(rotation.began, now), phaseText(rotation.phase))]),
    ...(info.exposed === undefined ? [] : [`${when(info.exposed.since, now)}: ${stillVisible(info.exposed.why)}`]),
  ].join("\n");
}

function markText(mark: Mark): string {
  switch (mark) {
    case "decoy":
      return l10n.t("decoy");
    case "exposed":
      return l10n.t("exposed");
    case "rotation-open":
      return l10n.t("rotation not ended");
    case "rotation-elsewhere":
      return l10n.t("being rotated in another process");
    case "rotation-due":
      return l10n.t("rotation due");
    case "weak":
      return l10n.t("weakly protected");
  }
}

function markReason(mark: Mark): string {
  switch (mark) {
    case "decoy":
      return l10n.t("A decoy: every use of it is refused, and you are told.");
    case "exposed":
      return l10n.t("Its value was seen where it may be read. Give it a new one.");
    case "rotation-open":
      return l10n.t("A rotation was cut off. Resume it, or give it up.");
    case "rotation-elsewhere":
      return l10n.t("Another process gives it a new value now, such as a terminal or another window.");
    case "rotation-due":
      return l10n.t("It is time for a new value.");
    case "weak":
      return l10n.t("Too short or too common to be hidden everywhere in what programs print.");
  }
}

function when(time: number, now: number): string {
  return `${ago(ageOf(time, now))} (${new Date(time).toLocaleDateString(env.language)})`;
}

/** Ten thousand rows have few ages, and formatting one is slow. */
const formatted = new Map<string, string>();

function ago({ count, unit }: Age): string {
  if (count === 0 && unit === "minute") return l10n.t("now");
  const key = `${count} ${unit}`;
  let text = formatted.get(key);
  if (text === undefined) {
    text = new Intl.RelativeTimeFormat(env.language, { style: "short" }).format(-count, unit);
    formatted.set(key, text);
  }
  return text;
}
