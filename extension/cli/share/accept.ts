import { serverWords } from "#core/crypto/server-words.ts";
import { wipe } from "#core/crypto/wipe.ts";
import { localAccess } from "#core/run/local-access.ts";
import { onOneLine } from "#core/run/visible-text.ts";
import { openInvite } from "#core/store/remote/invites.ts";
import { requireContextName } from "#core/vault/context.ts";
import { type InviteCode, inviteKeys, parseInviteCode } from "#core/vault/invite-code.ts";
import type { JoinNames } from "#core/vault/sharing/join.ts";
import { contextsOf, type Offer, openOfferOf } from "#core/vault/sharing/offer.ts";
import { wordsOf } from "#core/vault/sharing/people.ts";
import { VaultError } from "#core/vault-error.ts";
import { type FoundServer, findServer } from "#mcp/device/find-server.ts";
import { registerHere, requireNoVault } from "#mcp/device/register-here.ts";
import { kitFor } from "#mcp/device/replace-kit.ts";
import { clientOf } from "#mcp/device/this-server.ts";
import { localVault } from "#mcp/device/this-vault.ts";
import { readUserConfig } from "#mcp/device/user-config.ts";
import { askNewMasterPassword } from "../ask-master-password.ts";
import { askYes } from "../ask-person.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";
import { handOverInForce } from "../recovery/hand-over-kit.ts";
import { requireWayForCode } from "../recovery/kit-file.ts";
import { inRows } from "../server/confirm-server.ts";
import { withTerminal } from "../terminal.ts";
import { type OpenedVault, withAccess } from "../with-access.ts";
import { withProof } from "../with-approval.ts";
import { tellJoined } from "./tell.ts";
import { waitUntil } from "./wait-until.ts";

export interface AcceptOptions {
  readonly name?: string;
  readonly app?: string;
  readonly recoveryFile?: string;
  readonly wait: boolean;
}

/** A person at a terminal, always: what joins may bring values that programs then use. */
export async function accept(cli: Cli, text: string, options: AcceptOptions): Promise<void> {
  const code = parseInviteCode(text);
  const use = (opened: OpenedVault): Promise<void> => acceptWith(opened, text, options);
  if (readUserConfig(cli.paths.config).server === undefined) await withNewAccount(cli, code, options, use);
  else await withAccess(cli, "accept an invite", use, "terminal");
}

async function acceptWith(opened: OpenedVault, text: string, options: AcceptOptions): Promise<void> {
  await withTerminal("Accepting an invite", (terminal) =>
    withProof(terminal, opened, (password) => opened.access.acceptInvite(text, namesOf(options), password)),
  );
  say(
    "Accepted. Now the one who invited you gives you the keys: while their vault is unlocked that happens by itself;",
  );
  say('else tell them to run "ov share confirm".');
  if (!options.wait) return;
  const { id } = inviteKeys(parseInviteCode(text).secret);
  await waitUntil('Waiting for the keys. Ctrl-C stops the waiting; "ov share confirm" takes them later.', async () => {
    const { joined, joining } = await opened.access.catchUp();
    tellJoined(joined);
    return !joining.includes(id);
  });
}

function namesOf({ name, app }: AcceptOptions): JoinNames {
  return {
    ...(name === undefined ? {} : { inviter: name }),
    ...(app === undefined ? {} : { app: requireContextName(app) }),
  };
}

/** A new account, on the server whose identity is in the code: who gave the code vouches for it. */
async function withNewAccount(
  cli: Cli,
  code: InviteCode,
  { recoveryFile }: AcceptOptions,
  use: (opened: OpenedVault) => Promise<void>,
): Promise<void> {
  await requireNoVault(cli.paths, code.url);
  requireWayForCode(recoveryFile);
  const keys = inviteKeys(code.secret);
  const server = await findServer(cli.paths, code.url, code.serverId.toString("hex"));
  const offer = openOfferOf(keys, (await look(cli, server, keys)).offer);
  await withTerminal("Accepting an invite", async (terminal) => {
    tellOffer(offer, server);
    if (await askYes(terminal, "Make an account there, and accept?")) return;
    throw new VaultError("cancelled", "Nothing was made. The invite stays good until somebody accepts it.");
  });
  const password = await askNewMasterPassword(cli.env);
  try {
    const { session, recoveryCode } = await registerHere(cli.paths, server, password, keys);
    const access = localAccess(session, { idleMs: ONE_COMMAND_MS });
    try {
      say(`Made an account on ${server.url}.`);
      await handOverInForce(await kitFor(cli.paths, session, recoveryCode), recoveryFile);
      await use({ kind: "here", access, password });
    } finally {
      await access.lock();
    }
  } finally {
    wipe(password);
  }
}

async function look(cli: Cli, { url, serverId }: FoundServer, keys: ReturnType<typeof inviteKeys>) {
  const client = clientOf(cli.paths, url, serverId, localVault(cli.paths).device);
  return openInvite(client, keys).finally(() => client.close());
}

function tellOffer(offer: Offer, { url, serverId }: FoundServer): void {
  const contexts = contextsOf(offer).map(({ app, environment }) => `${app}/${environment}`);
  say(`You are invited as ${offer.role} of ${onOneLine(contexts.join(", "))}.`);
  say(`By the account:\n\n${inRows(wordsOf(offer.inviter).split(" "))}\n`);
  say(`On the server ${onOneLine(url)}:\n\n${inRows(serverWords(serverId))}\n`);
  say("Both are in the code. If you don't trust the way that it came by, compare the words on the phone.");
}

/** For a prompt left standing. */
const ONE_COMMAND_MS = 60 * 60_000;
