import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import type { ElicitResult } from "@modelcontextprotocol/client";
import type { ServerDeps } from "#mcp/server-deps.ts";
import { answerOf } from "../fixtures/answer-of.ts";
import { CONTENTS, fakeVault } from "../fixtures/fake-vault.ts";
import { type Linked, linkedClient } from "../fixtures/linked-client.ts";
import { post, send, VALUE, visit } from "../fixtures/page-visitor.ts";
import { testDeps } from "../fixtures/test-deps.ts";

interface Page {
  readonly url: string;
  readonly code: string;
  readonly message: string;
}
type Person = (page: Page) => Promise<ElicitResult["action"]>;

const ASK = { name: "TYPED", source: { kind: "ask" } };
const typesIt: Person = async (page) => {
  assert.equal((await post(page, await visit(page))).status, 200);
  return "accept";
};

let linked: Linked | undefined;
afterEach(async () => {
  await linked?.close();
  linked = undefined;
});

async function connect(era: "modern" | "old", person: Person, overrides: Partial<ServerDeps> = {}, mode = "url") {
  const vault = fakeVault(CONTENTS, { approvesAll: false });
  const pages: Page[] = [];
  const deps = await testDeps({ vault, overrides });
  linked = await linkedClient(deps, era, { capabilities: { elicitation: { [mode]: {} } } });
  linked.client.setRequestHandler("elicitation/create", async ({ params }) => {
    if (params.mode !== "url") return { action: "decline" };
    const page = {
      url: params.url,
      message: params.message,
      code: /code to type there is (\d{6})/.exec(params.message)![1]!,
    };
    pages.push(page);
    return { action: await person(page) };
  });
  return { client: linked.client, vault, pages, deps };
}

for (const era of ["modern", "old"] as const) {
  test(`a person types the value on a page that the client opens, and the model sees neither (${era} protocol)`, async () => {
    const { client, vault, pages, deps } = await connect(era, typesIt);
    const answer = await answerOf(client, "vault_create_secret", ASK);
    assert.equal(vault.values.get("shop/dev/TYPED"), VALUE);
    const [{ url, code, message }] = pages as [Page];
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}$/);
    assert.match(message, /shop\/dev\/TYPED.*It shows the sign \d{6}/);
    for (const secret of [VALUE, url, code]) assert.ok(!(answer.json + deps.lines.join()).includes(secret));
  });

  test(`a client that opens no page gets the next step, and the page is closed (${era} protocol)`, async () => {
    for (const action of ["decline", "cancel"] as const) {
      const { client, vault, pages } = await connect(era, async () => action);
      const answer = await answerOf(client, "vault_create_secret", ASK);
      assert.equal(answer.code, "person-required");
      assert.match(answer.text, /"ov secret create shop\/dev\/TYPED"/);
      assert.ok(!vault.values.has("shop/dev/TYPED"));
      await assert.rejects(send(pages[0]!.url), /ECONNREFUSED/);
      await linked?.close();
    }
  });

  test(`S163 a client that says it opened the page, and lets anybody in twice, stores nothing (${era} protocol)`, async () => {
    const { client, vault } = await connect(era, async (page) => {
      await visit(page);
      assert.equal((await send(page.url)).status, 410);
      return "accept";
    });
    assert.equal((await answerOf(client, "vault_create_secret", ASK)).code, "person-required");
    assert.ok(!vault.values.has("shop/dev/TYPED"));
  });

  test(`S163 a client that has forms only is never asked for a value (${era} protocol)`, async () => {
    const { client, pages } = await connect(era, typesIt, {}, "form");
    assert.equal((await answerOf(client, "vault_create_secret", ASK)).code, "person-required");
    assert.equal(pages.length, 0);
  });
}

test("this process's own prompt comes before a page", async () => {
  const { client, vault, pages } = await connect("modern", typesIt, {
    askSecret: async () => Buffer.from("typed here"),
  });
  await answerOf(client, "vault_create_secret", ASK);
  assert.equal(vault.values.get("shop/dev/TYPED"), "typed here");
  assert.equal(pages.length, 0);
});

test("where the person's browser is on another machine, no page of this one is opened", async () => {
  const { place } = await testDeps();
  const far = { ...place, environment: { ...place.environment, SSH_CONNECTION: "10.0.0.2 50000 10.0.0.1 22" } };
  const { client, pages } = await connect("modern", typesIt, { place: far });
  assert.equal((await answerOf(client, "vault_create_secret", ASK)).code, "person-required");
  assert.equal(pages.length, 0);
});

test("a call that is cancelled while the page is open closes it", async () => {
  const controller = new AbortController();
  const { client, pages, vault } = await connect("old", async () => {
    controller.abort();
    return "accept";
  });
  const call = client.callTool({ name: "vault_create_secret", arguments: ASK }, { signal: controller.signal });
  await assert.rejects(call);
  for (let tries = 0; (await isUp(pages[0]!.url)) && tries < 6_000; tries++)
    await new Promise((r) => setTimeout(r, 10));
  assert.equal(await isUp(pages[0]!.url), false);
  assert.ok(!vault.values.has("shop/dev/TYPED"));
});

function isUp(url: string): Promise<boolean> {
  return send(url, { host: "nobody" }).then(
    () => true,
    () => false,
  );
}
