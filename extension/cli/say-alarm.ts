import type { RunAlarm } from "#core/run/vault-access.ts";
import { type Context, formatContext } from "#core/vault/context.ts";
import { say } from "./print.ts";

/** After a command or shell: what it printed that is hardly an accident, or deserves a look. */
export function sayAlarm(context: Context, alarm: RunAlarm | undefined): void {
  if (alarm === undefined) return;
  const { dumped, evasive } = alarm;
  if (dumped) say("ov: the command printed its whole environment, or left it in a file.");
  if (evasive.length > 0) {
    say(
      `ov: the command printed ${evasive.join(", ")} in a form that hides a value, such as reversed, in hex or in pieces.`,
    );
  }
  say(`What was printed is redacted. What was approved for longer in ${formatContext(context)} has ended.`);
}
