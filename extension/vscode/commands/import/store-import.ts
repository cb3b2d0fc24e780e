import * as vscode from "vscode";
import type { Incoming, IncomingPlace } from "#core/import/incoming.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { stillVisible } from "#core/run/visible-text.ts";
import { formatContext } from "#core/vault/context.ts";
import { MOST_IN_DIALOG, nameList } from "../../name-list.ts";
import { windowError } from "../../words/error-text.ts";
import { leftReason } from "../../words/import-words.ts";
import { compareStored } from "./compare-stored.ts";
import { type ImportRow, planImport, replacedBy } from "./import-plan.ts";
import { chooseRows } from "./import-preview.ts";
import { knownIn } from "./known-in.ts";
import { writeImport } from "./write-import.ts";

/**
 * Shows by names and sizes what an import will do, gets every yes that it needs, and writes each environment in one step.
 * The vault reads each value back and compares it before a write counts as done. Resolves with the values that the vault
 * holds afterwards; undefined = the person gave up, and nothing was stored.
 */
export async function storeImport(
  access: VaultAccess,
  name: string,
  { places, left, notes }: Incoming,
): Promise<ReadonlySet<Uint8Array> | undefined> {
  if (places.length === 0) throw nothingIn(name, left);
  const known = await knownIn(access, places);
  const same = await compareStored(access, vscode.l10n.t("Import {0}", name), places, known);
  if (same === undefined) return undefined;
  const planned = places.map((place) => planImport(place, known.get(place)!, same));
  const secrets = new Map(places.flatMap(({ drafts }, at) => drafts.map((draft, row) => [planned[at]![row]!, draft])));
  const rows = planned.flat();
  const picked = await chooseRows(previewTitle(name, places), rows, left, notes);
  const settled = picked && (await settleConflicts(picked));
  if (settled === undefined || (settled.length === 0 && !rows.some(({ state }) => state === "same"))) return undefined;
  const wanted = new Set(settled); // of ten thousands of rows, maybe
  const writes = planned.map((all) => all.filter((row) => wanted.has(row))).filter(({ length }) => length > 0);
  if (writes.length > 0) await writeImport(access, writes, secrets);
  const held = rows.filter((row) => row.state === "same" || wanted.has(row));
  return new Set(held.map((row) => secrets.get(row)!.value));
}

function nothingIn(name: string, left: Incoming["left"]): Error {
  const reasons = left.map(({ from, reason }) => `${stillVisible(from)} (${leftReason(reason)})`);
  const nothing = vscode.l10n.t("{0} holds nothing that can be imported.", name);
  const detail =
    reasons.length === 0
      ? vscode.l10n.t("A .env file has lines such as NAME=value.")
      : vscode.l10n.t("Left out: {0}.", nameList(reasons));
  return windowError("value-invalid", `${nothing} ${detail}`);
}

/** Values that would be replaced are named once more. undefined = the person gave up. */
async function settleConflicts(rows: readonly ImportRow[]): Promise<readonly ImportRow[] | undefined> {
  const replaced = replacedBy(rows);
  if (replaced.length === 0) return rows;
  const where = [...new Set(replaced.map(({ context }) => formatContext(context)))];
  const names = replaced.map(({ context, name }) => (where.length === 1 ? name : `${formatContext(context)}/${name}`));
  const replace = vscode.l10n.t("Replace");
  const onlyNew = vscode.l10n.t("Import Only the New Ones");
  const hasNew = replaced.length < rows.length;
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t("Replace values in {0}?", where.join(", ")),
    {
      modal: true,
      detail: vscode.l10n.t("{0}\n\nThe old values stay in the history.", nameList(names, MOST_IN_DIALOG)),
    },
    ...(hasNew ? [replace, onlyNew] : [replace]),
  );
  if (answer === replace) return rows;
  return answer === onlyNew ? rows.filter(({ state }) => state === "new") : undefined;
}

/** With the environment, where there is one only. */
function previewTitle(name: string, places: readonly IncomingPlace[]): string {
  const [first, ...rest] = new Set(places.map(({ context }) => formatContext(context)));
  return first === undefined || rest.length > 0
    ? vscode.l10n.t("Import {0}", name)
    : vscode.l10n.t("Import {0} into {1}", name, first);
}
