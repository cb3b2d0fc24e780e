import type { ApprovalRequest } from "#core/run/vault-access.ts";
import { VaultError } from "#core/vault-error.ts";
import { askYes } from "./ask-person.ts";
import { hasTerminal, withTerminal } from "./terminal.ts";
import type { OpenedVault } from "./with-access.ts";
import { withApproval, withProof } from "./with-approval.ts";

/**
 * Before a secret is overwritten or deleted. A person at a terminal is asked, unless they said --yes. A program
 * without one needs an approval as an agent's tool would: an unlocked vault is no licence to change it.
 */
export async function confirmChange(
  opened: OpenedVault,
  request: ApprovalRequest,
  question: string,
  yes: boolean,
): Promise<void> {
  if (!hasTerminal()) return withApproval(opened, (ask) => opened.access.approve(request, ask));
  if (yes) return;
  if (!(await withTerminal("Changing the vault", (terminal) => askYes(terminal, question)))) throw unchanged();
}

/** Before something goes for good: a person at a terminal, and the master password unless it was typed just now. */
export async function confirmRemoval(opened: OpenedVault, question: string): Promise<void> {
  await withTerminal("Deleting for good", async (terminal) => {
    if (!(await askYes(terminal, question))) throw unchanged();
    await withProof(terminal, opened, (password) => opened.access.prove(password));
  });
}

function unchanged(): VaultError {
  return new VaultError("cancelled", "Nothing was changed. Run the command again to change it after all.");
}
