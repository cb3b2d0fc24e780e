import { rmSync } from "node:fs";
import { kitText, type RecoveryKit } from "#core/recovery/recovery-kit.ts";
import { say } from "../print.ts";
import { showOnce } from "../show-once.ts";
import { hasTerminal, withTerminal } from "../terminal.ts";
import { confirmGroups } from "./confirm-groups.ts";
import { writeKit } from "./kit-file.ts";

/**
 * Shows the kit on a screen of its own, or writes it to the file; then a person types two groups of the code. A file for
 * which nobody could be asked stays; one that somebody didn't confirm goes.
 */
export async function handOverKit(kit: RecoveryKit, file: string | undefined): Promise<void> {
  if (file !== undefined) writeKit(kit, file);
  if (file !== undefined && !hasTerminal()) return;
  try {
    await withTerminal("Showing the recovery kit", async (terminal) => {
      const show = async (): Promise<void> => {
        if (file === undefined) await showOnce(terminal, kitText(kit).split("\n"));
      };
      await show();
      await confirmGroups(terminal, kit.code, show);
    });
  } catch (error) {
    if (file !== undefined) rmSync(file, { force: true });
    throw error;
  }
  if (file !== undefined) say(`Confirmed. Don't forget to delete ${file} once it is printed.`);
}

/** The same for a code that is in force already, so that giving up leaves a good vault without a confirmed kit. */
export async function handOverInForce(kit: RecoveryKit, file: string | undefined): Promise<void> {
  try {
    await handOverKit(kit, file);
  } catch (error) {
    say('The vault is good, and its recovery kit is not confirmed. Make another one with "ov recovery kit".');
    throw error;
  }
}
