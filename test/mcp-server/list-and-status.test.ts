import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, test } from "node:test";
import { answerOf } from "./fixtures/answer-of.ts";
import { CONTENTS, fakeVault, STRIPE } from "./fixtures/fake-vault.ts";
import { type Linked, linkedClient } from "./fixtures/linked-client.ts";
import { type TestOptions, testDeps } from "./fixtures/test-deps.ts";

let linked: Linked | undefined;
afterEach(async () => {
  await linked?.close();
  linked = undefined;
});

async function start(options: TestOptions = {}) {
  const deps = await testDeps(options);
  linked = await linkedClient(deps, "modern");
  return { client: linked.client, deps };
}

const namesOf = (data: Record<string, unknown>) => (data.secrets as { name: string }[]).map((secret) => secret.name);

test("names and metadata are listed without approval, and no value", async () => {
  const { client } = await start();
  const answer = await answerOf(client, "vault_list_secrets");
  assert.equal(answer.data.context, "shop/dev");
  assert.deepEqual(namesOf(answer.data), ["DATABASE_URL", "STRIPE_KEY"]);
  assert.ok(!answer.json.includes(STRIPE));
});

test("a query looks into names and descriptions", async () => {
  const vault = fakeVault(CONTENTS);
  vault.descriptions.set("shop/dev/DATABASE_URL", "the orders of customers");
  const { client } = await start({ vault });
  assert.deepEqual(namesOf((await answerOf(client, "vault_list_secrets", { query: "ORDERS" })).data), ["DATABASE_URL"]);
  assert.deepEqual(namesOf((await answerOf(client, "vault_list_secrets", { query: "stripe" })).data), ["STRIPE_KEY"]);
});

test("a long list comes in pages that miss and repeat nothing", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 250 }, (_, i) => [`shop/dev/NAME_${String(i).padStart(3, "0")}`, "value-of-it"]),
  );
  const { client } = await start({ vault: fakeVault(many) });
  const found: string[] = [];
  let cursor: unknown;
  do {
    const { data } = await answerOf(client, "vault_list_secrets", cursor === undefined ? {} : { cursor });
    found.push(...namesOf(data));
    assert.equal(data.total, 250);
    cursor = data.next_cursor;
  } while (cursor !== undefined);
  assert.equal(found.length, 250);
  assert.deepEqual(found, [...new Set(found)].sort());
});

test("a cursor that is none is refused", async () => {
  const { client } = await start();
  const answer = await answerOf(client, "vault_list_secrets", { cursor: "%%%" });
  assert.equal(answer.code, "argument-invalid");
});

test("S70 a description with what looks like a credential is redacted in the list", async () => {
  const vault = fakeVault(CONTENTS);
  vault.descriptions.set("shop/dev/STRIPE_KEY", `was ${["tk", "abcdef123456"].join("_")} before`);
  const { client } = await start({ vault });
  const answer = await answerOf(client, "vault_list_secrets");
  assert.match(answer.text, /was \[redacted:rule:test-key\] before/);
});

test("the status tells the context and where it comes from", async () => {
  const { client, deps } = await start();
  const before = (await answerOf(client, "vault_status")).data;
  assert.deepEqual(
    [before.state, before.context, before.context_source, before.store],
    ["unlocked", "shop/dev", "user-config", "a store in memory"],
  );
  await writeFile(path.join(deps.place.cwd, ".ov.yaml"), "app: shop\nenvironment: production\n");
  const after = (await answerOf(client, "vault_status")).data;
  assert.deepEqual([after.context, after.context_source], ["shop/production", "project-file"]);
});

test("the status names secrets that redaction can't protect well", async () => {
  const { client } = await start({ vault: fakeVault({ ...CONTENTS, "shop/dev/PIN": "1234" }) });
  assert.deepEqual((await answerOf(client, "vault_status")).data.weakly_protected, ["PIN"]);
});

test("the status of a locked vault is no error, and tells the next step", async () => {
  const { client } = await start({ overrides: { access: async () => undefined } });
  const answer = await answerOf(client, "vault_status");
  assert.equal(answer.code, undefined);
  assert.equal(answer.data.state, "locked");
  assert.match(String(answer.data.next_step), /ov unlock/);
});

test("the status counts what waits for a person, and says why there is no context", async () => {
  const { client, deps } = await start();
  await answerOf(client, "vault_run", { command: "true" });
  const waiting = (await answerOf(client, "vault_status")).data;
  assert.equal(waiting.pending_approvals, 1);
  assert.match(String(waiting.next_step), /ov approve/);
  await writeFile(path.join(deps.place.cwd, ".ov.yaml"), "colour: blue\n");
  const broken = (await answerOf(client, "vault_status")).data;
  assert.match(String(broken.context_problem), /^project-file-invalid: .*:1:/);
});

test("what needs a new value is told, and why it was exposed is not", async () => {
  const vault = fakeVault(CONTENTS);
  const list = vault.access.list;
  const day = 86_400_000;
  vault.access.list = async (context) => {
    const [database, stripe] = await list(context);
    const valueSince = Date.now() - 10 * day - 1000;
    return [
      { ...database!, valueSince, rotateAfterDays: 10 },
      { ...stripe!, valueSince, rotateAfterDays: 13, exposed: { since: valueSince, why: "left in a file by ov run" } },
    ];
  };
  const { client } = await start({ vault });
  const answer = await answerOf(client, "vault_list_secrets");
  const told = (answer.data.secrets as Record<string, unknown>[]).map(({ due, due_in_days, exposed }) => ({
    ...{ due, due_in_days, exposed },
  }));
  assert.deepEqual(told, [
    { due: true, due_in_days: undefined, exposed: undefined },
    { due: false, due_in_days: 2, exposed: true },
  ]);
  assert.ok(!answer.json.includes("left in a file"));
  const { data } = await answerOf(client, "vault_status");
  assert.deepEqual([data.exposed, data.rotation_due], [["STRIPE_KEY"], ["DATABASE_URL"]]);
});
