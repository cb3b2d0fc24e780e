import * as vscode from "vscode";
import { wipe } from "#core/crypto/wipe.ts";
import { IMPORT_FORMAT_NAMES, type ImportFormat } from "#core/import/format-names.ts";
import { formatOf, IMPORT_FORMATS } from "#core/import/import-format.ts";
import { placesOf, sendPlaces } from "#core/import/incoming.ts";
import { type Named, nameAll } from "#core/import/name-secrets.ts";
import { stillVisible } from "#core/run/visible-text.ts";
import { readImportFile } from "#mcp/device/import-file.ts";
import type { Window } from "../../window.ts";
import { formatTitle, importNote, leftReason } from "../../words/import-words.ts";
import { askChoice } from "../secrets/steps.ts";
import { askContents } from "./ask-contents.ts";
import { askTargets } from "./ask-targets.ts";
import { offerDeletion } from "./offer-deletion.ts";
import { storeImport } from "./store-import.ts";

/** A file of another program, which holds its values in the clear: only when they are stored, the offer to delete it. */
export async function importOther(window: Window, name: string, chosen: string, argument: unknown): Promise<void> {
  const access = await window.unlocked();
  const title = vscode.l10n.t("Import {0}", name);
  const { path, bytes, digest } = readImportFile(chosen);
  let all: Named | undefined;
  try {
    const format = formatOf(bytes) ?? (await askFormat(title, name));
    if (format === undefined) return;
    all = nameAll(IMPORT_FORMATS[format].read(bytes));
    wipe(bytes);
    const contents = await askContents(title, all);
    if (contents === undefined) return;
    const places = placesOf(contents.named, contents.withDescriptions);
    const targets = await askTargets(window, access, { title, places, argument, kind: "other" });
    if (targets === undefined) return;
    const { left, notes } = contents.named;
    const read = vscode.l10n.t("Read as {0}.", formatTitle(format));
    const told = [read, ...notes.map(importNote)];
    const held = await storeImport(access, name, { places: sendPlaces(places, targets), left, notes: told });
    if (held !== undefined) await offerDeletion(path, digest, missingIn(contents.named, held));
  } finally {
    wipe(bytes, ...(all?.secrets ?? []).map(({ value }) => value));
  }
}

async function askFormat(title: string, name: string): Promise<ImportFormat | undefined> {
  const question = vscode.l10n.t("{0} is JSON of a kind that is not known. What is it?", name);
  const choices = IMPORT_FORMAT_NAMES.map((format) => ({
    label: formatTitle(format),
    iconPath: new vscode.ThemeIcon("file-code"),
    value: format,
  }));
  const answer = await askChoice({ title, at: 1, of: 1 }, question, choices);
  return typeof answer === "object" ? answer.value : undefined;
}

/** What a deletion of the file would lose, as the file calls it. `held`: values that the vault has. */
function missingIn({ secrets, left }: Named, held: ReadonlySet<Uint8Array>): readonly string[] {
  return [
    ...secrets.filter(({ value }) => !held.has(value)).map(({ from }) => stillVisible(from)),
    ...left.map(({ from, reason }) => `${stillVisible(from)} (${leftReason(reason)})`),
  ];
}
