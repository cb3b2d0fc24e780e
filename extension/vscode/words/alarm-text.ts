import { l10n } from "vscode";
import type { AlarmNotice } from "#core/run/vault-access.ts";
import { formatContext } from "#core/vault/context.ts";

/** What a run printed that a person should know of, and what came of it. */
export function alarmText({ client, context, dumped, evasive }: AlarmNotice): string {
  const place = formatContext(context);
  const what =
    evasive.length > 0
      ? l10n.t(
          "A command of {0} printed {1} of {2} in a form that hides a value, such as reversed or in pieces.",
          client,
          evasive.join(", "),
          place,
        )
      : l10n.t("A command of {0} printed the whole environment of {1}, or left it in a file.", client, place);
  const also = dumped && evasive.length > 0 ? [l10n.t("It printed its whole environment, too.")] : [];
  return [what, ...also, l10n.t("It is redacted. What you allowed for longer there has ended.")].join(" ");
}
