import assert from "node:assert/strict";
import { test } from "node:test";
import { localAccess } from "#core/run/local-access.ts";
import { remoteAccess } from "#mcp/remote-access.ts";
import { ACCESS_PATH } from "#mcp/rpc-calls.ts";
import { vaultRpc } from "#mcp/vault-rpc.ts";
import { DEV, KEY, newVault, PASSWORD, put, STAGING } from "../core/vault/fixture.ts";
import { CONTENTS, fakeVault } from "./fixtures/fake-vault.ts";
import { testSocket } from "./fixtures/socket-server.ts";

test("another process copies secrets with the master password only, and sees that the vault was written", async (t) => {
  const { session } = await newVault();
  const access = localAccess(session, { idleMs: 60_000 });
  await put(session, KEY, "value one");
  await access.createEnvironment(STAGING);
  const rpc = vaultRpc(
    async () => access,
    () => {},
  );
  const socket = await testSocket({ vault: fakeVault(CONTENTS), routes: { [ACCESS_PATH]: rpc } });
  t.after(() => socket.close());
  const remote = remoteAccess({ address: socket.address, nonce: socket.nonce });

  const before = await remote.revision();
  await assert.rejects(remote.copy(DEV, [KEY], STAGING, Buffer.from("wrong horse battery")), {
    code: "wrong-password",
  });
  await assert.rejects(remote.copy(DEV, [], STAGING, PASSWORD), { code: "argument-invalid" });
  assert.equal(await remote.revision(), before);
  await remote.copy(DEV, [KEY], STAGING, PASSWORD);
  assert.notEqual(await remote.revision(), before);
  assert.deepEqual(
    (await remote.list(STAGING)).map(({ name }) => name),
    [KEY],
  );
});
