import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { openSecretPage, type SecretPage } from "#mcp/secret-page/open-secret-page.ts";
import { post, send, VALUE, visit } from "../fixtures/page-visitor.ts";

const SHOWN = { place: "shop/dev/STRIPE_KEY", client: 'claude <b>&"code' };

async function openPage(t: TestContext, lastsMs = 20_000): Promise<SecretPage> {
  const page = await openSecretPage(SHOWN, { lastsMs });
  t.after(() => page.close());
  return page;
}

test("a person who opens the page and types the code stores one value", async (t) => {
  const page = await openPage(t);
  const { status } = await post(page, await visit(page), { code: ` ${page.code.slice(0, 3)}-${page.code.slice(3)} ` });
  assert.equal(status, 200);
  assert.equal(Buffer.from((await page.value)!).toString(), VALUE);
  await assert.rejects(send(page.url), /ECONNREFUSED|ECONNRESET/);
});

test("cookies of other programs on this machine are no obstacle, and no way in", async (t) => {
  const page = await openPage(t);
  const { cookie, ...headers } = await visit(page);
  assert.equal((await post(page, { ...headers, cookie: "theme=dark; visitor=guessed" })).status, 403);
  assert.equal((await post(page, { ...headers, cookie: `theme=dark; ${cookie}; visitor=other` })).status, 200);
});

test("S162 neither the page nor its answers nor its address hold the value or the code", async (t) => {
  const page = await openPage(t);
  const first = await send(page.url);
  const cookie = first.headers["set-cookie"]![0]!;
  const own = { cookie: cookie.split(";")[0]!, origin: new URL(page.url).origin };
  const wrong = await post(page, { ...own, "content-type": "application/x-www-form-urlencoded" }, { code: "000" });
  const done = await post(page, { ...own, "content-type": "application/x-www-form-urlencoded" });
  assert.equal(done.status, 200);
  for (const { text, headers } of [first, wrong, done]) {
    for (const secret of [page.code, VALUE, "kZ4tQ9wXr7"])
      assert.ok(!`${text}${JSON.stringify(headers)}`.includes(secret));
  }
  assert.ok(!page.url.includes(page.code));
  assert.ok(first.text.includes(page.sign));
});

test("S161 a page of another name that leads here gets nothing, and stores nothing", async (t) => {
  const page = await openPage(t);
  const headers = await visit(page);
  for (const host of ["evil.example", `localhost:${new URL(page.url).port}`, "127.0.0.1"]) {
    assert.equal((await send(page.url, { host })).status, 403);
    assert.equal((await post(page, { ...headers, host })).status, 403);
  }
  assert.equal((await post(page, headers)).status, 200);
});

test("S161 a form of another origin, or of none, stores nothing", async (t) => {
  const page = await openPage(t);
  const { origin, ...headers } = await visit(page);
  for (const other of ["https://evil.example", "null", "http://127.0.0.1:1", `${origin}.evil.example`]) {
    assert.equal((await post(page, { ...headers, origin: other })).status, 403);
  }
  assert.equal((await post(page, headers)).status, 403);
  assert.equal((await post(page, { ...headers, origin: origin! })).status, 200);
});

test("S161 a second visitor closes the page, and neither of the two stores anything", async (t) => {
  const page = await openPage(t);
  const headers = await visit(page);
  assert.equal((await send(page.url, { cookie: "visitor=guessed" })).status, 410);
  assert.equal(await page.value, undefined);
  await assert.rejects(post(page, headers), /ECONNREFUSED|ECONNRESET/);
});

test("S161 whoever was not the visitor posts nothing, also with the code", async (t) => {
  const page = await openPage(t);
  const { cookie: _, ...headers } = await visit(page);
  assert.equal((await post(page, headers)).status, 403);
  assert.equal((await post(page, { ...headers, cookie: "visitor=guessed" })).status, 403);
});

test("S161 before it was opened, and under another path, the page takes nothing", async (t) => {
  const page = await openPage(t);
  const { origin } = new URL(page.url);
  const headers = { origin, "content-type": "application/x-www-form-urlencoded" };
  assert.equal((await post(page, headers)).status, 403);
  for (const path of ["/", "/favicon.ico", `${new URL(page.url).pathname}x`, `${new URL(page.url).pathname}?x`]) {
    assert.equal((await send(`${origin}${path}`)).status, 404);
  }
  assert.equal((await post(page, await visit(page))).status, 200);
});

test("S161 the third wrong code closes the page", async (t) => {
  const page = await openPage(t);
  const headers = await visit(page);
  const wrong = page.code === "000000" ? "111111" : "000000";
  for (let tries = 0; tries < 3; tries++) assert.equal((await post(page, headers, { code: wrong })).status, 403);
  assert.equal(await page.value, undefined);
  await assert.rejects(post(page, headers), /ECONNREFUSED|ECONNRESET/);
});

test("S161 a value is taken once: the same request again changes nothing", async (t) => {
  const page = await openPage(t);
  const headers = await visit(page);
  const replies = await Promise.allSettled([post(page, headers), post(page, headers, { value: "another value" })]);
  assert.equal(replies.filter((reply) => reply.status === "fulfilled" && reply.value.status === 200).length, 1);
  await assert.rejects(post(page, headers), /ECONNREFUSED|ECONNRESET/);
});

test("S161 the page is gone after its time", async (t) => {
  const page = await openPage(t, 30);
  assert.equal(await page.value, undefined);
  await page.close();
  await assert.rejects(send(page.url), /ECONNREFUSED|ECONNRESET/);
});

test("a form that is empty, too long or no form stores nothing, and can be sent again", async (t) => {
  const page = await openPage(t);
  const headers = await visit(page);
  assert.equal((await post(page, headers, { value: "" })).status, 400);
  assert.equal((await post(page, headers, { value: "x".repeat(65_537) })).status, 400);
  assert.equal((await post(page, { ...headers, "content-type": "text/plain" })).status, 400);
  assert.equal((await send(page.url, headers, "PUT", "x")).status, 405);
  assert.equal((await post(page, headers, { value: "x".repeat(65_536) })).status, 200);
  assert.equal((await page.value)!.length, 65_536);
});

test("nothing that a client calls itself acts on the page, which loads and sends nothing elsewhere", async (t) => {
  const page = await openPage(t);
  const { text, headers } = await send(page.url);
  assert.ok(text.includes("claude &#60;b&#62;&#38;&#34;code"));
  assert.match(
    String(headers["content-security-policy"]),
    /default-src 'none'.*form-action 'self'; frame-ancestors 'none'/,
  );
  assert.equal(headers["cache-control"], "no-store");
  assert.match(headers["set-cookie"]![0]!, /; HttpOnly; SameSite=Strict; Path=\//);
  assert.match(text, /type="password"/);
});
