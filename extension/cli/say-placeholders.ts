import type { PlaceholderReport } from "#core/run/placeholder/held-secret.ts";
import { say } from "./print.ts";

/** After a command: which of its placeholders came to nothing, and what was refused on the way. */
export function sayPlaceholders(report: PlaceholderReport | undefined): void {
  if (report === undefined) return;
  const { unused, remarks } = report;
  if (unused.length > 0) {
    say(`ov: the command had a placeholder of ${unused.join(", ")}, and never sent it where the value may go.`);
    say('  Values go out by HTTPS only, to the allowed hosts of a secret: see "ov secret list --json".');
  }
  for (const remark of remarks) say(`ov: ${remark}.`);
}
