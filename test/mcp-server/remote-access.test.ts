import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { afterEach, test } from "node:test";
import { MatcherCache } from "#core/run/matcher-cache.ts";
import { decodeOutput, runWithSecrets } from "#core/run/run-with-secrets.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { requireSecretName } from "#core/vault/context.ts";
import { isVaultError, VAULT_ERROR_CODES, VaultError } from "#core/vault-error.ts";
import { remoteAccess } from "#mcp/remote-access.ts";
import { ACCESS_PATH } from "#mcp/rpc-calls.ts";
import { vaultRpc } from "#mcp/vault-rpc.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { CONTENTS, DEV, type FakeVault, fakeVault, STRIPE } from "./fixtures/fake-vault.ts";
import { type TestSocket, testSocket } from "./fixtures/socket-server.ts";

const NAME = requireSecretName("STRIPE_KEY");
const open: TestSocket[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((socket) => socket.close()));
});

async function start(vault: FakeVault, access: VaultAccess | undefined = vault.access) {
  const lines: string[] = [];
  const rpc = vaultRpc(
    async () => access,
    (line) => lines.push(line),
  );
  const socket = await testSocket({ vault, routes: { [ACCESS_PATH]: rpc } });
  open.push(socket);
  const agent = { address: socket.address, nonce: socket.nonce };
  return { remote: remoteAccess(agent), agent, socket, lines };
}

const REQUEST = { action: "run", client: "ov run", context: DEV, names: [NAME], command: "true", cwd: "/" } as const;
const ended = { exitCode: 0, outcome: "ended", redactions: 1 } as const;
const until = async (isDone: () => boolean) => {
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 5));
};

test("a run over the socket gets the values, and its lease is settled with its outcome", async () => {
  const vault = fakeVault(CONTENTS, { approvesAll: true });
  const { remote } = await start(vault);
  const deps = { access: remote, parentEnv: { PATH: process.env.PATH }, matchers: new MatcherCache() };
  // A folder of its own: a file that another test writes meanwhile would count as one that this run left a value in.
  const cwd = temporaryFolder("ov-remote-");
  const result = await runWithSecrets(deps, { ...REQUEST, cwd, command: "echo $STRIPE_KEY; exit 2" });
  assert.equal(decodeOutput(result.stdout), "[redacted:STRIPE_KEY]\n");
  assert.deepEqual(vault.outcomes, [{ exitCode: 2, outcome: "ended", redactions: 1 }]);
  assert.equal(vault.openLeases.size, 0);
});

test("bytes of any kind come over as they are", async () => {
  const vault = fakeVault(CONTENTS, { approvesAll: true });
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const lease = async () => ({ id: "1", secrets: [{ name: NAME, value: Uint8Array.from(bytes) }], fingerprint: "f" });
  const { remote } = await start(vault, { ...vault.access, lease });
  const leased = await remote.lease(REQUEST);
  assert.deepEqual(leased.secrets[0]!.value, bytes);
});

test("what a vault answers comes over, also nothing", async () => {
  const vault = fakeVault(CONTENTS, { approvesAll: true });
  const { remote } = await start(vault);
  assert.equal((await remote.status()).kind, "unlocked");
  assert.deepEqual(await remote.list(DEV), await vault.access.list(DEV));
  assert.equal(await remote.delete(DEV, NAME), undefined);
  assert.ok(!vault.values.has("shop/dev/STRIPE_KEY"));
  const [written] = await remote.write(DEV, "create", [{ name: NAME, value: Buffer.from("neu ü"), tags: ["a"] }]);
  assert.equal(written!.name, "STRIPE_KEY");
  assert.equal(vault.values.get("shop/dev/STRIPE_KEY"), "neu ü");
  assert.equal(Buffer.from(await remote.reveal(DEV, NAME, undefined, Buffer.from("master"))).toString(), "neu ü");
  await remote.lock();
  assert.equal(vault.calls.at(-1), "lock");
});

test("every error code of a vault survives the way", async () => {
  const vault = fakeVault(CONTENTS);
  let code: (typeof VAULT_ERROR_CODES)[number] = "vault-locked";
  const status = () => Promise.reject(new VaultError(code, "What is wrong. The next step."));
  const { remote } = await start(vault, { ...vault.access, status });
  for (code of VAULT_ERROR_CODES) {
    await assert.rejects(
      remote.status(),
      (error) => isVaultError(error, code) && error.message === "What is wrong. The next step.",
    );
  }
});

test("S79 a bug at the other end tells nothing of its message", async () => {
  const vault = fakeVault(CONTENTS);
  const status = () => Promise.reject(new Error(`the value ${STRIPE} is odd`));
  const { remote, lines } = await start(vault, { ...vault.access, status });
  await assert.rejects(remote.status(), (error) => !isVaultError(error) && !String(error).includes(STRIPE));
  assert.deepEqual(lines, ["access-error Error"]);
});

test("nobody is asked over the socket: the error holds the id to approve", async () => {
  const vault = fakeVault(CONTENTS);
  const { remote } = await start(vault);
  let asked = false;
  const ask = async () => {
    asked = true;
    return "once" as const;
  };
  await assert.rejects(remote.lease(REQUEST, ask), (error) => isVaultError(error, "approval-required"));
  assert.equal(asked, false);
  const [pending] = await remote.pending();
  await remote.answer(pending!.id, "once", Buffer.from("master"));
  const lease = await remote.lease(REQUEST);
  await remote.settle(lease.id, ended);
});

test("S79 a lease whose process ends without a word is settled", async () => {
  const vault = fakeVault(CONTENTS, { approvesAll: true });
  const { agent } = await start(vault);
  const outgoing = request({
    ...(agent.address as { socketPath: string }),
    method: "POST",
    path: ACCESS_PATH,
    headers: { host: "localhost", authorization: `Bearer ${agent.nonce}`, "content-type": "application/json" },
    agent: false,
  });
  outgoing.on("error", () => {});
  outgoing.end(JSON.stringify({ method: "lease", args: [REQUEST] }));
  const [response] = await once(outgoing, "response");
  await once(response, "data");
  assert.equal(vault.openLeases.size, 1);
  outgoing.destroy();
  await until(() => vault.openLeases.size === 0);
  assert.equal(vault.outcomes[0]!.outcome, "cancelled");
});

test("cancelling ends a lease that still waits for a person", async () => {
  const vault = fakeVault(CONTENTS);
  let signal: AbortSignal | undefined;
  const lease: VaultAccess["lease"] = (_request, _ask, given) => {
    signal = given;
    return new Promise((_, reject) =>
      given?.addEventListener("abort", () => reject(new VaultError("cancelled", "Ended."))),
    );
  };
  const { remote } = await start(vault, { ...vault.access, lease });
  const abort = new AbortController();
  const rejected = assert.rejects(remote.lease(REQUEST, undefined, abort.signal), (error) =>
    isVaultError(error, "cancelled"),
  );
  await until(() => signal !== undefined);
  abort.abort();
  await rejected;
  await until(() => signal!.aborted);
});

test("cancelling after a lease was granted leaves it to the run to settle", async () => {
  const vault = fakeVault(CONTENTS, { approvesAll: true });
  const { remote } = await start(vault);
  const abort = new AbortController();
  const lease = await remote.lease(REQUEST, undefined, abort.signal);
  abort.abort();
  await remote.settle(lease.id, ended);
  assert.deepEqual(vault.outcomes, [ended]);
});

/** Posts to the access path as another program could, with the right key. */
async function post(
  socket: TestSocket,
  body: unknown,
): Promise<{ error?: { code: string; message: string }; result?: unknown }> {
  const outgoing = request({
    ...(socket.address as { socketPath: string }),
    method: "POST",
    path: ACCESS_PATH,
    headers: { host: "localhost", authorization: `Bearer ${socket.nonce}`, "content-type": "application/json" },
    agent: false,
  });
  outgoing.end(JSON.stringify(body));
  const [response] = await once(outgoing, "response");
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

test("S79 methods that are none, and arguments that don't fit, never reach the vault", async () => {
  const vault = fakeVault(CONTENTS, { approvesAll: true });
  const { socket } = await start(vault);
  for (const body of [
    { method: "constructor", args: [] },
    { method: "__proto__", args: [] },
    { method: "toString", args: [] },
    { method: ["status"], args: [] },
    { method: "status" },
    { method: "status", args: ["more"] },
    { method: "delete", args: [DEV] },
    { method: "delete", args: [DEV, "LD_PRELOAD"] },
    { method: "delete", args: [{ app: "../x", environment: "dev" }, "A"] },
    { method: "write", args: [DEV, "create", [{ name: "BASH_ENV", value: { $bytes: "eA==" } }]] },
    { method: "write", args: [DEV, "create", [{ name: "A", value: "text" }]] },
    { method: "lease", args: [{ ...REQUEST, action: "write" }] },
    { method: "lease", args: [{ ...REQUEST, approved: true }] },
    [],
    "status",
    null,
  ]) {
    const answer = await post(socket, body);
    assert.equal(answer.error?.code, "argument-invalid", JSON.stringify(body));
  }
  assert.deepEqual(vault.calls, []);
});

test("S79 a plain call of lease leaves no lease behind", async () => {
  const vault = fakeVault(CONTENTS, { approvesAll: true });
  const { remote, socket } = await start(vault);
  await remote.lease(REQUEST);
  await socket.close();
  open.length = 0;
  await until(() => vault.openLeases.size === 0);
});

test("a locked vault and an agent that has ended are told apart", async () => {
  const vault = fakeVault(CONTENTS);
  const socket = await testSocket({
    vault,
    routes: {
      [ACCESS_PATH]: vaultRpc(
        async () => undefined,
        () => {},
      ),
    },
  });
  const remote = remoteAccess({ address: socket.address, nonce: socket.nonce });
  await assert.rejects(remote.status(), (error) => isVaultError(error, "vault-locked"));
  await socket.close();
  await assert.rejects(remote.status(), (error) => isVaultError(error, "agent-unreachable"));
});

test("an agent that was started anew refuses the old key", async () => {
  const { agent } = await start(fakeVault(CONTENTS));
  const remote = remoteAccess({ ...agent, nonce: "of yesterday" });
  await assert.rejects(remote.status(), (error) => isVaultError(error, "agent-unreachable"));
});

test("an agent that dies in the middle of a call is an error, and no silence", async () => {
  const vault = fakeVault(CONTENTS);
  let called = false;
  const status = () => {
    called = true;
    return new Promise<never>(() => {});
  };
  const { remote, socket } = await start(vault, { ...vault.access, status });
  const rejected = assert.rejects(remote.status(), (error) => isVaultError(error, "agent-unreachable"));
  await until(() => called);
  await socket.close();
  open.length = 0;
  await rejected;
});
