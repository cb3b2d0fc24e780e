import { formatContext, requireContext } from "#core/vault/context.ts";
import { isVaultError } from "#core/vault-error.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";
import { withAccess } from "../with-access.ts";

/**
 * New keys for every environment, after a device was lost: what it still holds opens nothing that is written from now on.
 * One that belongs to somebody else is theirs to turn; the others are turned all the same.
 */
export async function turnAllKeys(cli: Cli): Promise<void> {
  await withAccess(cli, "give every environment new keys", async ({ access }) => {
    for (const { app, environments } of await access.apps()) {
      for (const { environment } of environments) {
        const context = requireContext(app, environment);
        try {
          await access.turnEpoch(context);
          say(`${formatContext(context)} has new keys.`);
        } catch (error) {
          if (!isVaultError(error)) throw error;
          say(`${formatContext(context)} keeps its keys: ${error.message}`);
        }
      }
    }
  });
}
