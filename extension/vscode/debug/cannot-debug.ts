import { l10n } from "vscode";
import type { CannotDebug } from "./launch.ts";

/** Why, and what to do instead. */
export function cannotDebug(why: CannotDebug, type: string): string {
  switch (why) {
    case "type":
      return l10n.t(
        'A debugger of type "{0}" can\'t be handed secrets safely: only those of Node and Python can. Start the program by Run with Secrets, and attach the debugger to it.',
        type,
      );
    case "attach":
      return l10n.t(
        'The program that a debugger attaches to has its variables already. Start it by Run with Secrets, and attach without "opaquevault".',
      );
    case "envFile":
      return l10n.t(
        'The configuration names an "envFile", and nobody would see what its variables do. Import the file into the vault, or write harmless variables to "env".',
      );
    case "runtime":
      return l10n.t(
        "This runtime can't take secrets for a ticket: only Node and what starts it can. Start the program by Run with Secrets, and attach the debugger to it.",
      );
    case "program":
      return l10n.t('The configuration names no program. Write a "program" to it, or for Python a "module".');
    case "console":
      return l10n.t(
        'An external terminal can\'t be used with secrets. Leave "console" out: output goes to the debug console.',
      );
  }
}
