// Removing one of 50 members: new keys, every secret sealed again, a grant for each who stays. Time and bytes by size.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serverWords } from "#core/crypto/server-words.ts";
import { localAccess } from "#core/run/local-access.ts";
import { requireContext, requireSecretName } from "#core/vault/context.ts";
import { inviteKeys, parseInviteCode } from "#core/vault/invite-code.ts";
import type { Member } from "#core/vault/manifest.ts";
import { readSecrets } from "#core/vault/secret-read.ts";
import { catchUp } from "#core/vault/sharing/catch-up.ts";
import { grantsFor } from "#core/vault/sharing/grants-for.ts";
import { makeInvite } from "#core/vault/sharing/invite.ts";
import { takeInviteCode } from "#core/vault/sharing/join.ts";
import { removeMember } from "#core/vault/sharing/members.ts";
import { createVault, unlockVault } from "#core/vault/vault.ts";
import { moveVaultToServer } from "#mcp/device/move-vault.ts";
import { findPaths } from "#mcp/device/paths.ts";
import { registerHere } from "#mcp/device/register-here.ts";
import { localVault, thisVault } from "#mcp/device/this-vault.ts";
import { startApi } from "../api-server/start-api.ts";
import { callerOf } from "../test/api-server/sealed-caller.ts";
import { newPerson } from "../test/api-server/shared-people.ts";

const PASSWORD = "correct horse battery staple";
const SHOP = requireContext("shop", "production");
const MEMBERS = 50;

const root = mkdtempSync(join(tmpdir(), "ov-bench-"));
try {
  console.log(
    `From an invite to the first secret of somebody who has no account yet: ${(await inviteToRun()).toFixed(0)} ms.\n`,
  );
  console.log("| secrets | members who stay | time | sent to the server |\n|---:|---:|---:|---:|");
  for (const secrets of [10, 1_000, 10_000]) {
    const { ms, bytes } = await remove(secrets);
    console.log(`| ${secrets} | ${MEMBERS - 1} | ${(ms / 1000).toFixed(2)} s | ${(bytes / 1e6).toFixed(2)} MB |`);
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}

/** What the programs need of it: two passwords are turned into keys, and nobody types. */
async function inviteToRun(): Promise<number> {
  const { api, session, server } = await sharedVault(10, (url) => url);
  try {
    const start = performance.now();
    const { code } = await makeInvite(session, [SHOP], "reader");
    const paths = findPaths({ OV_HOME: join(root, "colleague") });
    const made = await registerHere(paths, server, Buffer.from(PASSWORD), inviteKeys(parseInviteCode(code).secret));
    await takeInviteCode(made.session, code);
    await catchUp(session);
    await catchUp(made.session);
    const [secret] = await readSecrets(made.session, SHOP, [requireSecretName("KEY_0")]);
    assert.ok(secret!.value.length > 0);
    const ms = performance.now() - start;
    made.session.lock();
    session.lock();
    return ms;
  } finally {
    await api.close();
  }
}

/** A vault with so many secrets, moved to a server of its own, by a proxy or not. */
async function sharedVault(secrets: number, through: (url: string) => string | Promise<string>) {
  const name = `${secrets}-${randomUUID()}`;
  const api = await startApi({ folder: join(root, `api-${name}`), isOpen: true });
  const paths = findPaths({ OV_HOME: join(root, `home-${name}`) });
  const local = await createVault(localVault(paths), Buffer.from(PASSWORD));
  const access = localAccess(local.session, { idleMs: 3600_000 });
  await access.createEnvironment(SHOP);
  const drafts = Array.from({ length: secrets }, (_, index) => ({
    name: requireSecretName(`KEY_${index}`),
    value: Buffer.from(`sk_live_${String(index).padStart(24, "0")}`),
  }));
  await access.write(SHOP, "create", drafts);
  await access.lock();
  const serverId = Buffer.from(api.serverId, "hex");
  const server = { url: await through(api.url), serverId, words: serverWords(serverId), isConfirmed: true };
  await moveVaultToServer(paths, server, Buffer.from(PASSWORD));
  return { api, server, session: await unlockVault(await thisVault(paths), Buffer.from(PASSWORD)) };
}

async function remove(secrets: number): Promise<{ readonly ms: number; readonly bytes: number }> {
  let counted: Awaited<ReturnType<typeof countingProxy>> | undefined;
  const { api, session } = await sharedVault(secrets, async (url) => {
    counted = await countingProxy(Number(new URL(url).port));
    return counted.url;
  });
  try {
    const caller = callerOf(api.url, api.serverId);
    const people = Array.from({ length: MEMBERS - 1 }, () => newPerson());
    for (const { account, body } of people) {
      assert.equal((await caller.call("PUT", `/accounts/${account.account}`, { body })).status, 201);
    }
    const environment = await session.environment(SHOP);
    const added = people.map(({ fingerprint }): Member => ({ fingerprint, role: "reader" }));
    await environment.change(async (state) => ({
      ...{ items: state.items, records: [], members: [...state.head.members, ...added] },
      grants: await grantsFor(session, environment, state.head.epoch, added, []),
    }));

    const before = counted!.sent();
    const start = performance.now();
    await removeMember(session, SHOP, people[0]!.fingerprint.toString("hex"));
    const ms = performance.now() - start;
    session.lock();
    return { ms, bytes: counted!.sent() - before };
  } finally {
    await counted!.close();
    await api.close();
  }
}

/** Passes bytes on, and counts those towards the server. */
async function countingProxy(port: number) {
  let sent = 0;
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    client.on("data", (chunk) => {
      sent += chunk.length;
    });
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on("error", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: () => sent,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
