import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DEFAULT_PLACES } from "#core/run/placeholder/place.ts";
import { decodeOutput, type RunRequest, runWithSecrets } from "#core/run/run-with-secrets.ts";
import { isVaultError } from "#core/vault-error.ts";
import { API_KEY, CONTEXT, leased } from "../leased.ts";
import { serve, testCa } from "../placeholder/proxied.ts";
import { folderFor, withSandbox } from "./in-sandbox.ts";

const request = (cwd: string, more: Partial<RunRequest>): RunRequest => ({
  ...{ client: "test", context: CONTEXT, cwd, command: "true" },
  ...more,
});

const rule = (host: string) => ({ API_KEY: { allowedHosts: [host], places: DEFAULT_PLACES } });

test("S126 a run with placeholders gets none of the values, and says which were used", async (t) => {
  const { port, seen } = await serve(t, ({ headers }, _request, response) =>
    response.end(`got ${headers.authorization}`),
  );
  const cwd = folderFor(t);
  const { writeFile } = await import("node:fs/promises");
  await writeFile(join(cwd, "company.pem"), (await testCa()).certificate);
  const { PATH } = process.env;
  const other = "other-value-Zk39fjQ02m";
  const { deps, outcomes, handedOut } = leased(
    { API_KEY, OTHER: other },
    { parentEnv: { PATH, NODE_EXTRA_CA_CERTS: join(cwd, "company.pem") }, placeholders: rule(`localhost:${port}`) },
  );
  const script = `fetch("https://localhost:${port}/", { headers: { Authorization: "Bearer " + process.env.API_KEY } })
    .then((r) => r.text()).then((text) => console.log(JSON.stringify([text, process.env])))`;
  const result = await runWithSecrets(deps, request(cwd, { command: [process.execPath, "-e", script] }));
  const out = decodeOutput(result.stdout);
  const [text, env] = JSON.parse(out) as [string, Record<string, string>]; // written by the script above
  assert.equal(text, "got Bearer [redacted:API_KEY]");
  assert.match(env.API_KEY!, /^sk_test_[A-Za-z0-9]{24}$/);
  assert.equal(env.OTHER, "[redacted:OTHER]", "the others are given as before");
  assert.match(env.HTTPS_PROXY!, /^http:\/\/run:\[redacted:OV_PROXY\]@127\.0\.0\.1:\d+$/);
  assert.equal(seen[0]!.headers.authorization, `Bearer ${API_KEY}`);
  assert.deepEqual(result.placeholders, { used: { API_KEY: 1 }, unused: [], remarks: [] });
  assert.deepEqual(result.injected, ["API_KEY", "OTHER"]);
  assert.deepEqual(
    outcomes.map(({ outcome }) => outcome),
    ["ended"],
  );
  assert.ok(
    handedOut.every((bytes) => bytes.every((byte) => byte === 0)),
    "the lease's bytes are wiped",
  );
  assert.ok(!existsSync(env.SSL_CERT_FILE!), "the authority is gone");
});

test("a placeholder that was never used is told, and a run without placeholders says nothing of them", async (t) => {
  const cwd = folderFor(t);
  const { deps } = leased(undefined, { placeholders: rule("api.example.com") });
  const result = await runWithSecrets(deps, request(cwd, {}));
  assert.deepEqual(result.placeholders, { used: {}, unused: ["API_KEY"], remarks: [] });
  assert.equal((await runWithSecrets(leased().deps, request(cwd, {}))).placeholders, undefined);
});

test("a placeholder that can't be made ends the lease, and nothing runs", async (t) => {
  const cwd = folderFor(t);
  const { deps, events, handedOut } = leased(undefined, { placeholders: rule("*") });
  const refused = runWithSecrets(deps, request(cwd, { command: "touch ran" }));
  await assert.rejects(refused, (error) => isVaultError(error, "argument-invalid"));
  assert.deepEqual([readdirSync(cwd), events], [[], ["lease", "settle"]]);
  assert.ok(handedOut.every((bytes) => bytes.every((byte) => byte === 0)));
});

test("S125 a run that can't be sandboxed is refused before a person is asked or a value is read", async (t) => {
  const cwd = folderFor(t);
  const { deps, events } = leased(undefined, { parentEnv: { PATH: folderFor(t) } });
  const run = runWithSecrets(deps, request(cwd, { command: "touch ran", sandbox: { hosts: [] } }));
  if (process.platform === "darwin") return assert.rejects(run);
  await assert.rejects(run, (error) => isVaultError(error, "denied-by-policy"));
  assert.deepEqual([readdirSync(cwd), events], [[], []]);
});

test("S120 a sandboxed run writes to its folder, reads its secrets and has its output redacted", (t) =>
  withSandbox(t, async (_run, cwd) => {
    const beside = folderFor(t);
    const { deps, outcomes } = leased();
    const command = `echo $API_KEY > mine; echo x > ${beside}/theirs; cat mine; exit 4`;
    const result = await runWithSecrets(deps, request(cwd, { command, sandbox: { hosts: "any" } }));
    assert.equal(decodeOutput(result.stdout), "[redacted:API_KEY]\n");
    assert.deepEqual([result.exitCode, readdirSync(cwd), readdirSync(beside)], [4, ["mine"], []]);
    assert.deepEqual(
      outcomes.map(({ exitCode }) => exitCode),
      [4],
    );
  }));

test("S134 the passwords of a sandbox's proxies are redacted, in every variable that holds one", (t) =>
  withSandbox(t, async (_run, cwd) => {
    const { deps } = leased();
    const command = "env | tee seen";
    const result = await runWithSecrets(deps, request(cwd, { command, sandbox: { hosts: ["api.example.com"] } }));
    const { readFile } = await import("node:fs/promises");
    const password = /^HTTPS_PROXY=http:\/\/[^:]*:([^@]*)@/m.exec(await readFile(join(cwd, "seen"), "utf8"))?.[1];
    assert.match(password ?? "", /^[0-9a-f]{32}$/);
    assert.ok(!decodeOutput(result.stdout).includes(password!));
    assert.match(decodeOutput(result.stdout), /^HTTPS_PROXY=http:\/\/[^:]*:\[redacted:OV_PROXY\]@/m);
  }));

test("S122 a sandboxed run with open network is still cut off from everything else", (t) =>
  withSandbox(t, async (_run, cwd) => {
    const { deps } = leased();
    const { port } = await serve(t);
    const script = `require("tls").connect({ host: "127.0.0.1", port: ${port}, rejectUnauthorized: false }, function () {
      console.log("connected"); this.destroy(); })`;
    const result = await runWithSecrets(
      deps,
      request(cwd, { command: [process.execPath, "-e", script], sandbox: { hosts: "any" } }),
    );
    assert.equal(decodeOutput(result.stdout), "connected\n");
    const limited = request(cwd, { command: [process.execPath, "-e", script], sandbox: { hosts: [] } });
    assert.notEqual((await runWithSecrets(deps, limited)).exitCode, 0);
  }));

test("a program that is missing is refused in a sandbox as it is outside", (t) =>
  withSandbox(t, async (_run, cwd) => {
    const { deps, events } = leased();
    const run = runWithSecrets(deps, request(cwd, { command: ["no-such-program-anywhere"], sandbox: { hosts: [] } }));
    await assert.rejects(run, (error) => isVaultError(error, "command-not-found"));
    assert.deepEqual(events, ["lease", "settle"]);
  }));
