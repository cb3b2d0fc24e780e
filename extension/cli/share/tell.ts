import { onOneLine } from "#core/run/visible-text.ts";
import { type Context, formatContext } from "#core/vault/context.ts";
import type { Confirmed } from "#core/vault/sharing/confirm.ts";
import { say } from "../print.ts";

export function tellConfirmed(confirmed: readonly Confirmed[]): void {
  for (const each of confirmed) {
    switch (each.kind) {
      case "joined":
        say(`${onOneLine(each.who)} is in: ${each.role} of ${each.contexts.map(formatContext).join(", ")}.`);
        break;
      case "forged":
        say(
          "An invite was accepted by somebody who did not have its code. Nothing was granted, and the invite is over. Ask the one who runs the server, and make a new one.",
        );
        break;
      case "failed":
        say(`An accepted invite could not be granted: ${each.message}`);
        break;
    }
  }
}

export function tellJoined(joined: readonly Context[]): void {
  for (const context of joined)
    say(`${formatContext(context)} is yours to use: ov run --app ${context.app} --env ${context.environment} -- …`);
}
