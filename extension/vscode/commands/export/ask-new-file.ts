import { existsSync } from "node:fs";
import * as vscode from "vscode";
import type { Window } from "../../window.ts";
import { windowError } from "../../words/error-text.ts";
import { askPlaceToSave } from "../save-place.ts";

/** Asks for the file of an export, before a password is typed for it. None is overwritten: it may be the only good one. */
export async function askNewFile(
  window: Window,
  title: string,
  name: string,
  filters: Readonly<Record<string, readonly string[]>>,
): Promise<string | undefined> {
  const file = await askPlaceToSave(window, title, name, filters);
  if (file === undefined || !existsSync(file)) return file;
  throw windowError(
    "argument-invalid",
    vscode.l10n.t("{0} exists already, and an older export is not overwritten. Name a new file.", file),
  );
}

/** For a name that seldom meets one that is there. */
export function today(): string {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}
