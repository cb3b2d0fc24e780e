import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { DEFAULT_PLACES } from "#core/run/placeholder/place.ts";
import { decodeOutput, runWithSecrets } from "#core/run/run-with-secrets.ts";
import { ShellSessions } from "#core/run/shell-session.ts";
import { API_KEY, CONTEXT, type Leased, leased } from "./leased.ts";
import { toBase32 } from "./placeholder/base32.ts";
import { serve, testCa } from "./placeholder/proxied.ts";

const OTHER = "other-value-Zk39fjQ02m";

/** API_KEY in placeholder mode towards a server of this machine, and OTHER, which is as usual. */
async function setting(t: TestContext, places: readonly string[]) {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), "ov-placeholder-")));
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  writeFileSync(join(cwd, "company.pem"), (await testCa()).certificate);
  const { port, seen } = await serve(t, ({ headers }, _request, response) =>
    response.end(`got ${headers.authorization}`),
  );
  const { PATH, HOME } = process.env;
  const vault: Leased = leased(
    { API_KEY, OTHER },
    {
      parentEnv: { PATH, HOME, NODE_EXTRA_CA_CERTS: join(cwd, "company.pem") },
      placeholders: { API_KEY: { allowedHosts: [`localhost:${port}`], places } },
    },
  );
  return { cwd, port, seen, vault, request: { client: "test", context: CONTEXT, cwd } };
}

test("S156 what a run says of its placeholders names no value of the run, and nothing that hides or floods", async (t) => {
  const { port, seen, vault, request } = await setting(t, ["body:token"]);
  const script = `
    const { API_KEY: key, OTHER: other } = process.env;
    const post = (body, path = "/") => fetch("https://localhost:${port}" + path, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    (async () => {
      await post({ [other]: key, token: key });
      await post({ ["a\\u202e" + "b".repeat(99) + other + "c".repeat(5000)]: key });
      await post({}, "/?" + other + "=" + key);
    })()`;
  const result = await runWithSecrets(vault.deps, { ...request, command: [process.execPath, "-e", script] });
  assert.equal(result.exitCode, 0, decodeOutput(result.stderr));
  assert.ok(seen[0]!.body.includes(`"token":"${API_KEY}"`) && seen[0]!.body.includes(OTHER), "sent as it was");
  const { used, unused, remarks } = result.placeholders!;
  assert.deepEqual([used, unused], [{ API_KEY: 1 }, []]);
  assert.deepEqual(
    [remarks[0], remarks.at(-1)],
    [
      "API_KEY stood in the JSON field [redacted:OTHER], where it isn't allowed",
      "API_KEY stood in the field [redacted:OTHER] of the query, where it isn't allowed",
    ],
  );
  assert.match(remarks[1]!, /^API_KEY stood in the JSON field a\\u\{202e\}b+\[redacted:OTHER\]c+…$/);
  assert.ok(remarks.every((remark) => remark.length < 250 && !remark.includes(OTHER.slice(0, 8))));
});

test("a value that goes out in several requests is counted once for each, in however many places it stands", async (t) => {
  const { port, vault, request } = await setting(t, DEFAULT_PLACES);
  const script = `
    const headers = { Authorization: "Bearer " + process.env.API_KEY, "X-API-Key": process.env.API_KEY };
    (async () => {
      for (const path of ["/1", "/2"]) await (await fetch("https://localhost:${port}" + path, { headers })).text();
    })()`;
  const { placeholders } = await runWithSecrets(vault.deps, { ...request, command: [process.execPath, "-e", script] });
  assert.deepEqual(placeholders!.used, { API_KEY: 2 });
});

test("S392 a run whose answers held parts of a value says so, and so does its lease when it ends", async (t) => {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), "ov-placeholder-")));
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  writeFileSync(join(cwd, "company.pem"), (await testCa()).certificate);
  const { port } = await serve(t, ({ body }, _request, response) => response.end(toBase32(body)));
  const { PATH, HOME } = process.env;
  const placeholders = { API_KEY: { allowedHosts: [`localhost:${port}`], places: DEFAULT_PLACES } };
  const parentEnv = { PATH, HOME, NODE_EXTRA_CA_CERTS: join(cwd, "company.pem") };
  const vault = leased({ API_KEY }, { parentEnv, placeholders });
  const script = `
    const post = (body) => fetch("https://localhost:${port}/", { method: "POST", body }).then((r) => r.text()).catch(() => "broken");
    (async () => {
      for (let from = 0; from < 15; from += 4) console.log(await post("${API_KEY}".slice(from, from + 15)));
    })()`;
  const command = [process.execPath, "-e", script];
  const result = await runWithSecrets(vault.deps, { client: "test", context: CONTEXT, cwd, command });
  assert.equal(decodeOutput(result.stdout), "[redacted:API_KEY]\n[redacted:API_KEY]\nbroken\nbroken\n");
  assert.match(result.placeholders!.remarks[0]!, /^answers held several parts of a value of API_KEY/);
  assert.equal(vault.outcomes[0]!.stopped, true);
});

test("S157 a shell gets placeholders too, and says in the end what became of them", async (t) => {
  const { port, seen, vault, request } = await setting(t, DEFAULT_PLACES);
  const shells = new ShellSessions();
  t.after(() => shells.closeAll());
  const { id } = await shells.open(vault.deps, { ...request, shell: "sh" });
  const shown = await shells.type(id, "echo $API_KEY; echo $OTHER");
  const [key, other] = shown.output.trim().split("\n");
  assert.match(key!, /^sk_test_[A-Za-z0-9]{24}$/);
  assert.notEqual(key, API_KEY);
  assert.equal(other, "[redacted:OTHER]");
  const call = `fetch("https://localhost:${port}/", { headers: { Authorization: "Bearer " + process.env.API_KEY } })`;
  const sent = await shells.type(id, `'${process.execPath}' -e '${call}.then((r) => r.text()).then(console.log)'`);
  assert.equal(sent.output, "got Bearer [redacted:API_KEY]\n");
  assert.equal(seen[0]!.headers.authorization, `Bearer ${API_KEY}`);
  const { placeholders } = await shells.close(id);
  assert.deepEqual(placeholders, { used: { API_KEY: 1 }, unused: [], remarks: [] });
  assert.ok(vault.handedOut.every((bytes) => bytes.every((byte) => byte === 0)));
});
