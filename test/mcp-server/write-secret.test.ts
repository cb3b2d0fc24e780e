import assert from "node:assert/strict";
import { mkdir, rename, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, test } from "node:test";
import type { ServerDeps } from "#mcp/server-deps.ts";
import { answerOf } from "./fixtures/answer-of.ts";
import { CONTENTS, fakeVault, STRIPE } from "./fixtures/fake-vault.ts";
import { type Linked, linkedClient } from "./fixtures/linked-client.ts";
import { testDeps } from "./fixtures/test-deps.ts";

let linked: Linked | undefined;
afterEach(async () => {
  await linked?.close();
  linked = undefined;
});

async function start({
  approvesAll = true,
  overrides = {},
}: {
  approvesAll?: boolean;
  overrides?: Partial<ServerDeps>;
} = {}) {
  const vault = fakeVault(CONTENTS, { approvesAll });
  const deps = await testDeps({ vault, overrides });
  linked = await linkedClient(deps, "modern");
  const { client } = linked;
  const create = (args: Record<string, unknown>) => answerOf(client, "vault_create_secret", args);
  return { client, vault, deps, cwd: deps.place.cwd, create };
}

test("a generated secret is stored after approval, and the model sees its version only", async () => {
  const { create, vault } = await start();
  const answer = await create({ name: "NEW_KEY", source: { kind: "generate", length: 40 }, description: "for tests" });
  assert.deepEqual(answer.data, { context: "shop/dev", name: "NEW_KEY", version: 2, weakly_protected: false });
  const value = vault.values.get("shop/dev/NEW_KEY")!;
  assert.match(value, /^[A-Za-z0-9]{40}$/);
  assert.ok(!answer.json.includes(value));
  assert.deepEqual(vault.calls.slice(1), ["approve write: create shop/dev/NEW_KEY: generate text", "write create"]);
});

test("S71 without approval nothing is generated, read, run or written", async () => {
  const { create, vault, cwd } = await start({ approvesAll: false });
  await writeFile(path.join(cwd, "token"), "a-token-of-ours");
  for (const source of [
    { kind: "generate" },
    { kind: "file", path: "token" },
    { kind: "command", command: "touch ran; echo value" },
  ]) {
    assert.equal((await create({ name: "NEW_KEY", source })).code, "approval-required");
  }
  assert.ok(!vault.calls.includes("write create"));
  const { access } = await import("node:fs/promises");
  await assert.rejects(access(path.join(cwd, "ran")));
});

test("a key of a .env file is imported, and the rest of the file is not", async () => {
  const { create, vault, cwd } = await start();
  await writeFile(path.join(cwd, ".env"), "OTHER=1\nAPI_KEY='with = and # inside'\n");
  const answer = await create({ name: "API_KEY", source: { kind: "file", path: ".env", key: "API_KEY" } });
  assert.equal(vault.values.get("shop/dev/API_KEY"), "with = and # inside");
  assert.ok(!answer.json.includes("inside"));
});

test("a whole file is imported byte for byte", async () => {
  const { create, vault, cwd } = await start();
  await writeFile(path.join(cwd, "key.pem"), "line 1\nline 2\n");
  await create({ name: "PEM", source: { kind: "file", path: "key.pem" } });
  assert.equal(vault.values.get("shop/dev/PEM"), "line 1\nline 2\n");
});

test("S72 a file outside of the project is not imported, also behind a link", async () => {
  const { create, vault, cwd } = await start();
  await symlink("/etc/hostname", path.join(cwd, "link"));
  await symlink("/etc", path.join(cwd, "folder"));
  for (const file of ["/etc/hostname", "../../etc/hostname", "link", "folder/hostname"]) {
    const { code } = await create({ name: "STOLEN", source: { kind: "file", path: file } });
    assert.ok(code === "cwd-invalid" || code === "file-not-found", `${file}: ${code}`);
  }
  assert.ok(!vault.calls.some((call) => call.startsWith("approve")), "nobody was asked");
});

test("S72 a file that is replaced during the approval is not imported", async () => {
  const replaced: { cwd?: string } = {};
  const { create, vault, cwd } = await start({
    approvesAll: false,
    overrides: {
      newAsk: () => async () => {
        await rename(path.join(replaced.cwd!, "folder"), path.join(replaced.cwd!, "before"));
        await symlink("/etc", path.join(replaced.cwd!, "folder"));
        return "once";
      },
    },
  });
  replaced.cwd = cwd;
  await mkdir(path.join(cwd, "folder"));
  await writeFile(path.join(cwd, "folder", "hostname"), "ours");
  const { code } = await create({ name: "STOLEN", source: { kind: "file", path: "folder/hostname" } });
  assert.ok(code === "cwd-invalid" || code === "file-not-found", code);
  assert.ok(!vault.values.has("shop/dev/STOLEN"));
});

test("a folder, an empty file, a file that is too long and a missing key are refused", async () => {
  const { create, cwd } = await start();
  await mkdir(path.join(cwd, "folder"));
  await writeFile(path.join(cwd, "empty"), "");
  await writeFile(path.join(cwd, "long"), "x".repeat(65_537));
  await writeFile(path.join(cwd, ".env"), "A=1\n");
  const codeOf = async (source: Record<string, unknown>) =>
    (await create({ name: "N", source: { kind: "file", ...source } })).code;
  assert.equal(await codeOf({ path: "folder" }), "file-not-found");
  assert.equal(await codeOf({ path: "nothing" }), "file-not-found");
  assert.equal(await codeOf({ path: "empty" }), "value-invalid");
  assert.equal(await codeOf({ path: "long" }), "file-not-found");
  assert.equal(await codeOf({ path: ".env", key: "B" }), "file-not-found");
  assert.equal(await codeOf({ path: ".env", key: "toString" }), "file-not-found");
});

test("a command's output is stored without its last line end, and is never returned", async () => {
  const { create, vault } = await start();
  const answer = await create({ name: "TOKEN", source: { kind: "command", command: "printf 'out-%s\\n' put" } });
  assert.equal(vault.values.get("shop/dev/TOKEN"), "out-put");
  assert.ok(!answer.json.includes("out-put"));
  assert.match(vault.calls.join(), /approve write: create shop\/dev\/TOKEN: store the output of: printf/);
});

test("S73 what a failed command printed is neither stored nor told", async () => {
  const { create, vault, deps } = await start();
  const answer = await create({
    name: "TOKEN",
    source: { kind: "command", command: "echo half-a-token; echo why >&2; exit 4" },
  });
  assert.equal(answer.code, "run-failed");
  assert.match(answer.text, /exit code 4/);
  assert.ok(!(answer.json + deps.lines.join()).includes("half-a-token"));
  assert.ok(!vault.values.has("shop/dev/TOKEN"));
  assert.equal((await create({ name: "TOKEN", source: { kind: "command", command: "true" } })).code, "value-invalid");
});

test("S73 the command of a source gets no secrets", async () => {
  const { create, vault } = await start();
  await create({ name: "ENVIRONMENT", source: { kind: "command", command: "env" } });
  assert.ok(!vault.values.get("shop/dev/ENVIRONMENT")!.includes(STRIPE));
});

test("a person types the value where somebody can be asked, and that is the approval", async () => {
  const asked: unknown[] = [];
  const { create, vault } = await start({
    approvesAll: false,
    overrides: {
      askSecret: async (question) => {
        asked.push(question);
        return Buffer.from("typed-by-a-person");
      },
    },
  });
  const answer = await create({ name: "TYPED", source: { kind: "ask" } });
  assert.equal(vault.values.get("shop/dev/TYPED"), "typed-by-a-person");
  assert.deepEqual(asked, [{ context: { app: "shop", environment: "dev" }, name: "TYPED", client: "test-client 1.2" }]);
  assert.ok(!answer.json.includes("typed-by"));
});

test("without anyone to ask the error is the exact command for a person", async () => {
  const { client, create } = await start();
  const update = await answerOf(client, "vault_update_secret", { name: "STRIPE_KEY", source: { kind: "ask" } });
  assert.match(update.text, /"ov secret update shop\/dev\/STRIPE_KEY"/);
  const answer = await create({ name: "TYPED", source: { kind: "ask" } });
  assert.equal(answer.code, "person-required");
  assert.match(answer.text, /"ov secret create shop\/dev\/TYPED"/);
});

test("create refuses a name that exists, and update one that doesn't, before anyone is asked", async () => {
  const { client, create, vault } = await start({ approvesAll: false });
  const source = { kind: "generate" };
  assert.equal((await create({ name: "STRIPE_KEY", source })).code, "secret-exists");
  assert.equal((await answerOf(client, "vault_update_secret", { name: "NEW", source })).code, "secret-not-found");
  assert.equal(vault.approvals.pending().length, 0);
});

test("an update without a source changes the description only", async () => {
  const { client, vault } = await start();
  await answerOf(client, "vault_update_secret", { name: "STRIPE_KEY", description: "new words" });
  assert.equal(vault.values.get("shop/dev/STRIPE_KEY"), STRIPE);
  assert.equal(vault.descriptions.get("shop/dev/STRIPE_KEY"), "new words");
});

test("S71 a deletion needs a person", async () => {
  const refused = await start({ approvesAll: false });
  const answer = await answerOf(refused.client, "vault_delete_secret", { name: "STRIPE_KEY" });
  assert.equal(answer.code, "approval-required");
  assert.ok(refused.vault.values.has("shop/dev/STRIPE_KEY"));
  await linked?.close();
  const approved = await start();
  assert.equal((await answerOf(approved.client, "vault_delete_secret", { name: "STRIPE_KEY" })).data.deleted, true);
  assert.ok(!approved.vault.values.has("shop/dev/STRIPE_KEY"));
});

test("S74 a name that programs load code from can't be created", async () => {
  const { create } = await start();
  for (const name of ["LD_PRELOAD", "node_options", "PATH", "A-B", "1A"]) {
    assert.equal((await create({ name, source: { kind: "generate" } })).code, "name-invalid", name);
  }
});

test("options of another source are refused", async () => {
  const { create } = await start();
  assert.equal((await create({ name: "N", source: { kind: "generate", path: "x" } })).code, "argument-invalid");
  assert.equal((await create({ name: "N", source: { kind: "file" } })).code, "argument-invalid");
  assert.equal((await create({ name: "N", source: { kind: "command" } })).code, "argument-invalid");
  assert.equal((await create({ name: "N", source: { kind: "guess" } })).code, "argument-invalid");
});
