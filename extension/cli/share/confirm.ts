import type { Cli } from "../cli.ts";
import { say } from "../print.ts";
import { withAccess } from "../with-access.ts";
import { tellConfirmed, tellJoined } from "./tell.ts";

/** What a person decided when they made or took an invite; so it needs no more than an unlocked vault. */
export async function confirm(cli: Cli): Promise<void> {
  await withAccess(cli, "give keys to those whom you invited", async ({ access }) => {
    const { confirmed, joined, open, joining } = await access.catchUp();
    tellConfirmed(confirmed);
    tellJoined(joined);
    if (open.length > 0) say(`Not accepted yet: ${open.length} of your invites.`);
    if (joining.length > 0) say(`Waiting for keys: ${joining.length} of those that you accepted.`);
    if ([confirmed, joined, open, joining].every(({ length }) => length === 0)) say("Nobody waits for anything.");
  });
}
