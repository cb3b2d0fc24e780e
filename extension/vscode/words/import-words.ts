import { l10n } from "vscode";
import type { ImportFormat } from "#core/import/format-names.ts";
import type { FixedReason, ImportNote, LeftReason } from "#core/import/found-secret.ts";

/** What a file is, after "Read as". */
export function formatTitle(format: ImportFormat): string {
  return FORMAT()[format];
}

/** Why an entry of a file isn't imported. */
export function leftReason(reason: LeftReason): string {
  const [, bytes] = /^longer than (\d+) bytes$/.exec(reason) ?? [];
  if (bytes !== undefined) return l10n.t("longer than {0} bytes", bytes);
  const [, stages] = /^not the current version \((.*)\)$/.exec(reason) ?? [];
  if (stages !== undefined) return l10n.t("not the current version ({0})", stages);
  const [, code] = /^AWS didn't give it \((.*)\)$/.exec(reason) ?? [];
  if (code !== undefined) return l10n.t("AWS didn't give it ({0})", code);
  return REASON()[reason as FixedReason]; // by its type it is one of these, then
}

/** What a person should know of the file. */
export function importNote(note: ImportNote): string {
  const [, place] = /^The file is of Doppler's (.*)\.$/.exec(note) ?? [];
  if (place !== undefined) return l10n.t("The file is of Doppler's {0}.", place);
  const [, name] = /^(.*) stands in the file more than once/.exec(note) ?? [];
  if (name !== undefined)
    return l10n.t("{0} stands in the file more than once; the last one counts, as for programs.", name);
  return l10n.t("AWS has more: the answer has a NextToken. Get the next page, and import it too.");
}

const FORMAT = (): Readonly<Record<ImportFormat, string>> => ({
  dotenv: l10n.t("a .env file"),
  json: l10n.t("a JSON object of names and values"),
  yaml: l10n.t("a YAML map of names and values"),
  doppler: l10n.t("Doppler's JSON or YAML"),
  infisical: l10n.t("Infisical's JSON"),
  "1password": l10n.t("1Password's items (op)"),
  aws: l10n.t("AWS Secrets Manager's answer"),
  vault: l10n.t("HashiCorp Vault's KV answer"),
  bitwarden: l10n.t("Bitwarden's JSON export"),
  bws: l10n.t("Bitwarden Secrets Manager's list"),
});

const REASON = (): Readonly<Record<FixedReason, string>> => ({
  "as you asked": l10n.t("as you asked"),
  empty: l10n.t("empty"),
  "empty, or a link to another field": l10n.t("empty, or a link to another field"),
  "nested: it holds a list, and no single value": l10n.t("nested: it holds a list, and no single value"),
  "nested: it holds an object, and no single value": l10n.t("nested: it holds an object, and no single value"),
  "nested, or a reference: it holds no single value": l10n.t("nested, or a reference: it holds no single value"),
  "programs load code or look for files through it, or it is no name": l10n.t(
    "programs load code or look for files through it, or it is no name",
  ),
  "a note": l10n.t("a note"),
  "a card": l10n.t("a card"),
  "an identity": l10n.t("an identity"),
  "a one-time password, which a program has no use for": l10n.t("a one-time password, which a program has no use for"),
  "a file, which op doesn't print": l10n.t("a file, which op doesn't print"),
  "in Bitwarden's trash": l10n.t("in Bitwarden's trash"),
  "Doppler's own, no secret": l10n.t("Doppler's own, no secret"),
  "a personal value of the file overrides it": l10n.t("a personal value of the file overrides it"),
  "another entry of this name is taken": l10n.t("another entry of this name is taken"),
});
