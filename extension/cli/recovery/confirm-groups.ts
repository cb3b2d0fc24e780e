import { type AskedGroup, askTwoGroups } from "#core/recovery/asked-groups.ts";
import { VaultError } from "#core/vault-error.ts";
import { askHidden } from "../ask-person.ts";
import type { Terminal } from "../terminal.ts";

/** Two groups of what was written down, typed again: paper with a mistake on it is found now, and not when it is needed. */
export async function confirmGroups(terminal: Terminal, text: string, lookAgain: () => Promise<void>): Promise<void> {
  const asked = askTwoGroups(text);
  terminal.output.write("To be sure that it is on paper, type two of its groups.\r\n");
  for (let left = 2; ; left--) {
    const wrong = await wrongOf(terminal, asked);
    if (wrong === undefined) return;
    if (left === 0) break;
    terminal.output.write(`Group ${wrong.at} is another one. Look again.\r\n`);
    await lookAgain();
  }
  throw new VaultError(
    "cancelled",
    'The groups were not typed right, so this is not confirmed. Begin again with "ov recovery kit".',
  );
}

async function wrongOf(terminal: Terminal, asked: readonly AskedGroup[]): Promise<AskedGroup | undefined> {
  for (const group of asked) {
    const typed = await askHidden(terminal, `Group ${group.at} of ${group.of}:`);
    if (!group.isRight(typed)) return group;
  }
  return undefined;
}
