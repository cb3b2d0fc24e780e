import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join, relative } from "node:path";
import * as vscode from "vscode";
import type { Window } from "../window.ts";
import { windowError } from "../words/error-text.ts";

/** Asks where a file of ours goes, and offers a place outside of the open folders. undefined = the person chose none. */
export async function askPlaceToSave(
  { own }: Window,
  title: string,
  name: string,
  filters: Readonly<Record<string, readonly string[]>>,
): Promise<string | undefined> {
  const folder = isInOpenFolder(join(own.home, name)) ? tmpdir() : own.home;
  const target = await vscode.window.showSaveDialog({
    title,
    defaultUri: vscode.Uri.file(join(folder, name)),
    filters: Object.fromEntries(Object.entries(filters).map(([kind, ends]) => [kind, [...ends]])),
  });
  if (target === undefined) return undefined;
  if (target.scheme !== "file") throw windowError("argument-invalid", vscode.l10n.t("Choose a file on this machine."));
  return target.fsPath;
}

/** What is in an open folder is read by agents and extensions, and by git. Links are followed. */
export function isInOpenFolder(file: string): boolean {
  const parent = realPath(dirname(file));
  return (vscode.workspace.workspaceFolders ?? []).some(({ uri }) => {
    if (uri.scheme !== "file") return false;
    const way = relative(realPath(uri.fsPath), parent);
    return !isAbsolute(way) && way.split(/[/\\]/)[0] !== "..";
  });
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // not there yet, so no link either
  }
}
