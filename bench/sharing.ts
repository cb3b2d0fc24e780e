// Removing one of 50 members: new keys, every secret sealed again, a grant for each who stays. Time and bytes by size.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serverWords } from "#core/crypto/server-words.ts";
import { LocalAccess } from "#core/run/local-access.ts";
import { requireContext, requireSecretName } from "#core/vault/context.ts";
import type { Member } from "#core/vault/manifest.ts";
import { grantsFor } from "#core/vault/sharing/grants-for.ts";
import { removeMember } from "#core/vault/sharing/members.ts";
import { createVault, unlockVault } from "#core/vault/vault.ts";
import { moveVaultToServer } from "#mcp/device/move-vault.ts";
import { findPaths } from "#mcp/device/paths.ts";
import { localVault, thisVault } from "#mcp/device/this-vault.ts";
import { startApi } from "../api-server/start-api.ts";
import { callerOf } from "../test/api-server/sealed-caller.ts";
import { newPerson } from "../test/api-server/shared-people.ts";

const PASSWORD = "correct horse battery staple";
const SHOP = requireContext("shop", "production");
const MEMBERS = 50;

const root = mkdtempSync(join(tmpdir(), "ov-bench-"));
try {
  console.log("| secrets | members who stay | time | sent to the server |\n|---:|---:|---:|---:|");
  for (const secrets of [10, 1_000, 10_000]) {
    const { ms, bytes } = await remove(secrets);
    console.log(`| ${secrets} | ${MEMBERS - 1} | ${(ms / 1000).toFixed(2)} s | ${(bytes / 1e6).toFixed(2)} MB |`);
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}

async function remove(secrets: number): Promise<{ readonly ms: number; readonly bytes: number }> {
  const api = await startApi({ folder: join(root, `api-${secrets}`), isOpen: true });
  const counted = await countingProxy(Number(new URL(api.url).port));
  try {
    const paths = findPaths({ OV_HOME: join(root, `home-${secrets}`) });
    const local = await createVault(localVault(paths), Buffer.from(PASSWORD));
    const access = new LocalAccess(local.session, { idleMs: 3600_000 });
    await access.createEnvironment(SHOP);
    const drafts = Array.from({ length: secrets }, (_, index) => ({
      name: requireSecretName(`KEY_${index}`),
      value: Buffer.from(`sk_live_${String(index).padStart(24, "0")}`),
    }));
    await access.write(SHOP, "create", drafts);
    await access.lock();
    const serverId = Buffer.from(api.serverId, "hex");
    const server = { url: counted.url, serverId, words: serverWords(serverId), isConfirmed: true };
    await moveVaultToServer(paths, server, Buffer.from(PASSWORD));
    const session = await unlockVault(await thisVault(paths), Buffer.from(PASSWORD));

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

    const before = counted.sent();
    const start = performance.now();
    await removeMember(session, SHOP, people[0]!.fingerprint.toString("hex"));
    const ms = performance.now() - start;
    session.lock();
    return { ms, bytes: counted.sent() - before };
  } finally {
    await counted.close();
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
