import * as vscode from "vscode";
import { wipe } from "#core/crypto/wipe.ts";
import { PLAIN_FORMATS, type PlainFormat, plainExport } from "#core/export/plain-export.ts";
import { readForExport, wipeExported } from "#core/export/read-for-export.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { type Context, formatContext, isProduction } from "#core/vault/context.ts";
import type { Session } from "#core/vault/session.ts";
import { writePlainExport } from "#mcp/device/write-export.ts";
import { askLine, confirmed } from "../../ask-person.ts";
import { cancellable } from "../../cancellable.ts";
import { nameList } from "../../name-list.ts";
import { withOwnSession } from "../../own-session.ts";
import { askContext } from "../../pick-context.ts";
import { contextOf } from "../../pick-secret.ts";
import type { Window } from "../../window.ts";
import { windowError } from "../../words/error-text.ts";
import { isInOpenFolder } from "../save-place.ts";
import { askChoice, askInSteps, type Step } from "../secrets/steps.ts";
import { askNewFile } from "./ask-new-file.ts";

/**
 * The values of one environment in the clear, for a person who has just typed the master password and the environment's
 * name: to a new file that only they can read. Decoys stay.
 */
export async function exportPlain(window: Window, argument: unknown): Promise<void> {
  const title = vscode.l10n.t("Plain Export");
  const access = await window.unlocked();
  const given = contextOf(argument);
  const draft: Draft = { context: given, format: "dotenv" };
  const steps = [...(given === undefined ? [contextStep(window, access)] : []), formatStep];
  if (!(await askInSteps(title, draft, () => steps))) return;
  const context = draft.context!; // asked, or given
  const names = await namesOf(access, context);
  const file = await askFile(window, context, draft.format);
  if (file === undefined) return;
  const prompt = vscode.l10n.t("Master password, to export the values of {0} in the clear", formatContext(context));
  const isDone = await withOwnSession(window, title, prompt, async (session, locked) => {
    if (!(await askName(title, context, names, file, locked))) return false;
    await write(session, context, draft.format, file);
    return true;
  });
  if (!isDone) return;
  void vscode.window.showWarningMessage(
    vscode.l10n.t(
      "{0} holds the values of {1} in the clear; read again, they are the same. Delete it when nothing needs it, and keep it out of git, backups and chats.",
      file,
      formatContext(context),
    ),
  );
}

interface Draft {
  context: Context | undefined;
  format: PlainFormat;
}

interface Names {
  readonly taken: readonly string[];
  readonly decoys: readonly string[];
}

function contextStep(window: Window, access: VaultAccess): Step<Draft> {
  return async (draft, position) => {
    const answer = await askContext(window, access, position, { before: draft.context });
    if (typeof answer === "object" && answer.value !== "new") draft.context = answer.value;
    return answer;
  };
}

const formatStep: Step<Draft> = async (draft, position) => {
  const choices = PLAIN_FORMATS.map((format) => ({
    label: FORMAT[format].label,
    iconPath: new vscode.ThemeIcon("file"),
    value: format,
  }));
  const answer = await askChoice(position, vscode.l10n.t("Choose the format"), choices, draft.format);
  if (typeof answer === "object") draft.format = answer.value;
  return answer;
};

async function namesOf(access: VaultAccess, context: Context): Promise<Names> {
  const all = await access.list(context);
  const taken = all.filter(({ canary }) => !canary).map(({ name }) => name);
  if (taken.length > 0) return { taken, decoys: all.filter(({ canary }) => canary).map(({ name }) => name) };
  throw windowError("secret-not-found", vscode.l10n.t("{0} holds nothing to export.", formatContext(context)));
}

/** A place in an open folder takes a second yes. */
async function askFile(window: Window, context: Context, format: PlainFormat): Promise<string | undefined> {
  const { label, ending } = FORMAT[format];
  const name = `${context.app}-${context.environment}.${ending}`;
  const title = vscode.l10n.t("Save the values in the clear");
  const file = await askNewFile(window, title, name, { [label]: [ending] });
  if (file === undefined) return undefined;
  if (!isInOpenFolder(file)) return file;
  const isSure = await confirmed(
    vscode.l10n.t("Write the values into an open folder?"),
    vscode.l10n.t("Agents, extensions and git read what is in {0}. Better choose a place outside of it.", file),
    vscode.l10n.t("Write Them There"),
  );
  return isSure ? file : undefined;
}

async function askName(
  title: string,
  context: Context,
  { taken, decoys }: Names,
  file: string,
  locked: AbortSignal,
): Promise<boolean> {
  const place = formatContext(context);
  const notes = [
    vscode.l10n.t("{0} would leave the vault, to {1}, readable by everything that runs as you.", nameList(taken), file),
    ...(decoys.length === 0 ? [] : [vscode.l10n.t("Decoys stay: {0}.", nameList(decoys))]),
    ...(isProduction(context) ? [vscode.l10n.t("This is production.")] : []),
    vscode.l10n.t("Type {0} to do it.", place),
  ];
  const typed = await askLine(
    {
      title,
      prompt: notes.join(" "),
      problem: (text) => (text.trim() === place ? undefined : vscode.l10n.t("That is not its name.")),
    },
    locked,
  );
  return typed !== undefined;
}

function write(session: Session, context: Context, format: PlainFormat, file: string): Promise<void> {
  return cancellable(vscode.l10n.t("Exporting the values …"), async (signal) => {
    signal.addEventListener("abort", () => session.lock());
    const environments = await readForExport(session, [context], `plain ${format} to a file`, { withDecoys: false });
    try {
      const [{ secrets }] = environments as [(typeof environments)[number]]; // one was asked for
      const bytes = plainExport(secrets, format);
      try {
        signal.throwIfAborted();
        writePlainExport(file, bytes);
      } finally {
        wipe(bytes);
      }
    } finally {
      wipeExported(environments);
    }
  });
}

const FORMAT = {
  dotenv: { label: ".env", ending: "env" },
  json: { label: "JSON", ending: "json" },
  yaml: { label: "YAML", ending: "yaml" },
} as const satisfies Record<PlainFormat, { readonly label: string; readonly ending: string }>;
