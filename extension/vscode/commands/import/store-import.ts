import * as vscode from "vscode";
import type { Incoming, IncomingPlace } from "#core/import/incoming.ts";
import type { SecretDraft, VaultAccess } from "#core/run/vault-access.ts";
import { stillVisible } from "#core/run/visible-text.ts";
import { formatContext } from "#core/vault/context.ts";
import { cancellable, type Report } from "../../cancellable.ts";
import { nameList } from "../../name-list.ts";
import { windowError } from "../../words/error-text.ts";
import { leftReason } from "../../words/import-words.ts";
import { ensureEnvironment, writeGuarded } from "../secrets/write-secret.ts";
import { compareStored } from "./compare-stored.ts";
import { type ImportRow, planImport, replacedBy } from "./import-plan.ts";
import { chooseRows } from "./import-preview.ts";
import { knownIn } from "./known-in.ts";

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
  const planned = places.map((place) => ({ place, rows: planImport(place, known.get(place)!, same) }));
  const rows = planned.flatMap((each) => each.rows);
  const picked = await chooseRows(previewTitle(name, places), rows, left, notes);
  const settled = picked && (await settleConflicts(picked));
  if (settled === undefined || (settled.length === 0 && !rows.some(({ state }) => state === "same"))) return undefined;
  const wanted = new Set(settled);
  if (wanted.size > 0) await writeAll(access, planned, wanted);
  const isHeld = (row: ImportRow): boolean => row.state === "same" || wanted.has(row);
  return new Set(
    planned.flatMap(({ place, rows }) => place.drafts.filter((_, at) => isHeld(rows[at]!))).map(({ value }) => value),
  );
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

interface PlannedPlace {
  readonly place: IncomingPlace;
  /** One for each of its drafts, in their order. */
  readonly rows: readonly ImportRow[];
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
      detail: vscode.l10n.t("{0}\n\nThe old values stay in the history.", nameList(names, MOST_NAMED)),
    },
    ...(hasNew ? [replace, onlyNew] : [replace]),
  );
  if (answer === replace) return rows;
  return answer === onlyNew ? rows.filter(({ state }) => state === "new") : undefined;
}

/** An environment is written whole or not at all, so a person's cancel ends the import between two. */
async function writeAll(
  access: VaultAccess,
  planned: readonly PlannedPlace[],
  wanted: ReadonlySet<ImportRow>,
): Promise<void> {
  const written: ImportRow[] = [];
  const takenOf = ({ rows }: PlannedPlace): readonly ImportRow[] => rows.filter((row) => wanted.has(row));
  const all = planned.filter((each) => takenOf(each).length > 0);
  const write = async (signal: AbortSignal, report: Report): Promise<void> => {
    for (const each of all) {
      signal.throwIfAborted();
      await writePlace(access, each.place, each.rows, wanted);
      written.push(...takenOf(each));
      report(written.length / wanted.size);
    }
  };
  try {
    const title = vscode.l10n.t("Storing the secrets, and reading them back …");
    await cancellable(title, write, { canEnd: all.length > 1 });
  } finally {
    if (written.length > 0) tellImported(written);
  }
}

async function writePlace(
  access: VaultAccess,
  { context, drafts }: IncomingPlace,
  rows: readonly ImportRow[],
  wanted: ReadonlySet<ImportRow>,
): Promise<void> {
  await ensureEnvironment(access, context);
  // Names that are new stay new until they are written: what somebody else stores meanwhile isn't overwritten unseen.
  const mode = replacedBy(rows.filter((row) => wanted.has(row))).length > 0 ? "upsert" : "create";
  const taken = drafts.filter((_, at) => wanted.has(rows[at]!));
  const done = await writeGuarded(
    access,
    context,
    mode,
    taken.map(({ from: _, ...draft }): SecretDraft => draft),
  );
  if (done === undefined) throw windowError("cancelled", vscode.l10n.t("That was cancelled."));
}

function tellImported(rows: readonly ImportRow[]): void {
  const where = [...new Set(rows.map(({ context }) => formatContext(context)))].join(", ");
  const weak = rows.filter((row) => row.weak).map(({ name }) => name);
  const imported = vscode.l10n.t("Imported {0} into {1}; read back, they are the same.", rows.length, where);
  if (weak.length === 0) void vscode.window.showInformationMessage(imported);
  else
    void vscode.window.showWarningMessage(
      `${imported} ${vscode.l10n.t("Too short or too common to be hidden in every output: {0}.", nameList(weak, MOST_NAMED))}`,
    );
}

/** With the environment, where there is one only. */
function previewTitle(name: string, places: readonly IncomingPlace[]): string {
  const [first, ...rest] = new Set(places.map(({ context }) => formatContext(context)));
  return first === undefined || rest.length > 0
    ? vscode.l10n.t("Import {0}", name)
    : vscode.l10n.t("Import {0} into {1}", name, first);
}

/** As many as a dialog shows. */
const MOST_NAMED = 40;
