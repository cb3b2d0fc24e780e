import { randomInt } from "node:crypto";
import { digitsOf } from "#core/recovery/checked-groups.ts";
import { VaultError } from "#core/vault-error.ts";
import { askHidden } from "../ask-person.ts";
import type { Terminal } from "../terminal.ts";

/** Two groups of what was written down, typed again: paper with a mistake on it is found now, and not when it is needed. */
export async function confirmGroups(terminal: Terminal, text: string, lookAgain: () => Promise<void>): Promise<void> {
  const groups = text.split("-");
  const first = randomInt(groups.length);
  const second = (first + 1 + randomInt(groups.length - 1)) % groups.length;
  terminal.output.write("To be sure that it is on paper, type two of its groups.\r\n");
  for (let left = 2; ; left--) {
    const wrong = await wrongOf(
      terminal,
      groups,
      [first, second].sort((a, b) => a - b),
    );
    if (wrong === undefined) return;
    if (left === 0) break;
    terminal.output.write(`Group ${wrong + 1} is another one. Look again.\r\n`);
    await lookAgain();
  }
  throw new VaultError(
    "cancelled",
    'The groups were not typed right, so this is not confirmed. Begin again with "ov recovery kit".',
  );
}

async function wrongOf(
  terminal: Terminal,
  groups: readonly string[],
  asked: readonly number[],
): Promise<number | undefined> {
  for (const at of asked) {
    const typed = await askHidden(terminal, `Group ${at + 1} of ${groups.length}:`);
    if (digitsOf(typed) !== groups[at]) return at;
  }
  return undefined;
}
