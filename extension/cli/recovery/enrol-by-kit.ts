import { wipe } from "#core/crypto/wipe.ts";
import type { readKit } from "#core/recovery/recovery-kit.ts";
import { parseRecoveryCode } from "#core/vault/recovery-code.ts";
import { beginRecovery, requireAccount } from "#mcp/device/log-in.ts";
import { requireNoLogin } from "#mcp/device/use-server.ts";
import { askText } from "../ask-person.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";
import { confirmAccount } from "../server/confirm-account.ts";
import { confirmServer } from "../server/confirm-server.ts";
import { withTerminal } from "../terminal.ts";

type TypedKit = ReturnType<typeof readKit>;

/** This machine becomes a device of the account by the recovery code alone, then `use` sets a password. A person, always. */
export async function enrolByKit(
  cli: Cli,
  address: string,
  options: { readonly account?: string; readonly serverId?: string },
  kit: TypedKit,
  use: (kit: TypedKit) => Promise<void>,
): Promise<void> {
  requireNoLogin(cli.paths);
  const code = parseRecoveryCode(kit.code);
  try {
    await withTerminal("Recovering from a server", async (terminal) => {
      const server = await confirmServer(cli, terminal, address, options.serverId);
      const account = requireAccount(
        options.account ?? kit.account ?? (await askText(terminal, "Account, as on the kit:")),
      );
      const begun = await beginRecovery(cli.paths, server, account, code);
      await confirmAccount(terminal, begun, "The kit has the same words.");
      await begun.accept();
    });
  } finally {
    wipe(code);
  }
  say('This device is logged in by the recovery code. Should it end here, go on with "ov vault recover".');
  await use(kit);
}
