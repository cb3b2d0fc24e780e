import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { createRunCa } from "#core/run/placeholder/run-ca.ts";
import type { Home } from "../cli/fixtures/home.ts";
import { atTerminal, ENTER } from "../cli/fixtures/terminal.ts";
import { DemoVault, OV } from "./demo-vault.ts";
import { processesWith } from "./processes-with.ts";

const VALUE = "sk_live_9Zq4TnWc7RkLm2Vb8HsDy3Xf";

interface Arrived {
  readonly url: string;
  readonly authorization: string | undefined;
  readonly debug: string | undefined;
  readonly body: string;
}

let vault: DemoVault;
let trust: string;
const servers: Server[] = [];
/** What came to the allowed host, and to another one. */
let allowed: { readonly port: number; readonly arrived: Arrived[] };
let other: typeof allowed;

before(async () => {
  trust = mkdtempSync(join(tmpdir(), "ov-trust-of-test-"));
  const ca = await createRunCa();
  writeFileSync(join(trust, "company.pem"), ca.certificate);
  allowed = await reflecting(ca.issue("localhost"));
  other = await reflecting(ca.issue("localhost"));
  vault = new DemoVault({ NODE_EXTRA_CA_CERTS: join(trust, "company.pem") });
  writeFileSync(join(vault.folder, "child.mjs"), CHILD);
});

after(() => {
  // Before anything that may fail: an open server would keep the tests from ending.
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(trust, { recursive: true, force: true });
  vault.close();
});

/** An HTTPS server that answers with what it got, in its body and in a header. */
async function reflecting(tls: { readonly cert: string; readonly key: string }): Promise<typeof allowed> {
  const arrived: Arrived[] = [];
  const server = createServer(tls, async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const { authorization, "x-debug": debug } = request.headers;
    arrived.push({ url: request.url!, authorization, debug: debug as string | undefined, body }); // sent once
    response.setHeader("X-Echo", authorization ?? "none");
    response.end(`got ${authorization}`);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, arrived }; // a TCP server's address is no string
}

/** Tells all that it has and all that it gets, and waits until it may end. */
const CHILD = `
  import { existsSync, readFileSync, writeFileSync } from "node:fs";
  const [port, otherPort, go] = process.argv.slice(2);
  const key = process.env.API_KEY;
  const send = async (port, path, init) => {
    const response = await fetch("https://localhost:" + port + path, init);
    return [response.status, response.headers.get("x-echo"), await response.text()];
  };
  const headers = { Authorization: "Bearer " + key };
  const answers = [
    await send(port, "/ok", { headers: { ...headers, "X-Debug": key } }),
    await send(port, "/in/" + key + "?key=" + key),
    await send(port, "/body", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ key }) }),
    await send(otherPort, "/elsewhere", { headers }),
  ];
  const self = existsSync("/proc/self/environ") ? readFileSync("/proc/self/environ", "latin1") : "";
  const all = JSON.stringify({ key, answers, env: process.env, self, argv: process.argv });
  writeFileSync(go + ".seen", all);
  writeFileSync(go + ".ready", "");
  console.log(all);
  while (!existsSync(go)) await new Promise((resolve) => setTimeout(resolve, 20));
`;

/** The person: at a terminal, with the master password. */
async function typed(t: TestContext, args: readonly string[]): Promise<string> {
  const env = Object.fromEntries(Object.entries(vault.env).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >; // by the filter
  const { folder } = vault;
  const home: Home = { root: folder, ovHome: folder, project: folder, env, ov: () => assert.fail("not used here") };
  const person = atTerminal(t, home, [OV, ...args], { program: process.execPath });
  await person.see("Master password:");
  person.type(`${vault.password}${ENTER}`);
  assert.equal(await person.exit, 0, person.screen);
  return person.screen;
}

async function makeSecret(t: TestContext): Promise<void> {
  if (vault.ov(["secret", "list", "shop/dev", "--json"]).includes('"API_KEY"')) return;
  const file = join(trust, "value");
  writeFileSync(file, VALUE);
  const host = `localhost:${allowed.port}`;
  const screen = await typed(t, [
    ...["secret", "create", "shop/dev/API_KEY", "--file", file],
    ...["--placeholder", "header:authorization", "--allow-host", host],
  ]);
  assert.match(screen, new RegExp(`API_KEY may go to ${host}`));
  rmSync(file);
}

/** Again after each run of CHILD: it prints its environment, which ends what was approved. */
async function approve(t: TestContext): Promise<void> {
  await typed(t, ["approve", "shop/dev", "--for", "15m"]);
}

/** While the command runs: nobody holds the value in its arguments or environment. Then lets it end. */
async function lookAround(go: string): Promise<void> {
  try {
    for (let tries = 0; !existsSync(`${go}.ready`) && tries < 1500; tries++) await sleep(20);
    if (process.platform === "linux") assert.deepEqual(processesWith(VALUE), []);
  } finally {
    writeFileSync(go, "");
  }
}

/** What the child wrote down, and what came to the servers. */
function judge(go: string): string {
  const seen = readFileSync(`${go}.seen`, "utf8");
  assert.ok(!seen.includes(VALUE), "the child never had the value");
  const { key, answers, env, self } = JSON.parse(seen) as Record<string, unknown> & { env: Record<string, string> }; // written by CHILD
  assert.match(String(key), /^sk_live_[A-Za-z0-9]{24}$/);
  assert.equal(env.API_KEY, key);
  if (process.platform === "linux") assert.ok(String(self).includes(`API_KEY=${key}`));
  assert.deepEqual(answers, [
    [200, "Bearer [redacted:API_KEY]", "got Bearer [redacted:API_KEY]"],
    [200, "none", "got undefined"],
    [200, "none", "got undefined"],
    [200, `Bearer ${key}`, `got Bearer ${key}`],
  ]);
  const [ok, path, body, ...none] = allowed.arrived.splice(0);
  assert.deepEqual(ok, { url: "/ok", authorization: `Bearer ${VALUE}`, debug: key, body: "" });
  assert.equal(path!.url, `/in/${key}?key=${key}`);
  assert.equal(body!.body, JSON.stringify({ key }));
  const [elsewhere, ...nothing] = other.arrived.splice(0);
  assert.deepEqual(elsewhere, { url: "/elsewhere", authorization: `Bearer ${key}`, debug: undefined, body: "" });
  assert.deepEqual([none, nothing], [[], []]);
  return String(key);
}

const REMARKS = [
  "API_KEY stood in the header x-debug, where it isn't allowed",
  "API_KEY stood in the path of a URL, where it isn't allowed",
  "API_KEY stood in the field key of the query, where it isn't allowed",
];

test("S153 through ov run, the value of a secret in placeholder mode reaches its host in its header, and nothing else", async (t) => {
  await makeSecret(t);
  await approve(t);
  const go = join(vault.folder, "go-run");
  const words = [process.execPath, "child.mjs", String(allowed.port), String(other.port), go];
  const child = spawn(process.execPath, [OV, "run", "-a", "shop", "-e", "dev", "-s", "API_KEY", "--", ...words], {
    cwd: vault.folder,
    env: vault.env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  t.after(() => child.kill());
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => (out += String(chunk)));
  child.stderr.on("data", (chunk) => (err += String(chunk)));
  const ended = new Promise((resolve) => child.once("close", resolve));
  await Promise.race([
    lookAround(go),
    ended.then((code) => assert.ok(existsSync(`${go}.ready`), `ended early (${code}): ${err}`)),
  ]);
  assert.equal(await ended, 0, err);
  const key = judge(go);
  assert.ok(!`${out}${err}`.includes(VALUE));
  assert.ok(out.includes(key), "a placeholder is no secret");
  for (const remark of REMARKS) assert.ok(err.includes(`ov: ${remark}.`), err);
  assert.doesNotMatch(err, /never sent it/);
});

test("S154 through vault_run, the value of a secret in placeholder mode reaches its host in its header, and nothing else", async (t) => {
  await makeSecret(t);
  await approve(t);
  const env = vault.env as Record<string, string>; // a copy of process.env, which has no undefined values
  const client = new Client({ name: "test", version: "1" });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [OV, "mcp", "serve"], env, cwd: vault.folder }),
  );
  t.after(() => client.close());
  const where = { app: "shop", environment: "dev" };
  const listed = await client.callTool({ name: "vault_list_secrets", arguments: where });
  const { secrets } = listed.structuredContent as { secrets: Record<string, unknown>[] }; // by the tool's schema
  const shown = secrets.find(({ name }) => name === "API_KEY")!;
  assert.deepEqual(
    [shown.placeholder_places, shown.allowed_hosts],
    [["header:authorization"], [`localhost:${allowed.port}`]],
  );

  const go = join(vault.folder, "go-mcp");
  const command = [process.execPath, "child.mjs", String(allowed.port), String(other.port), go];
  const call = client.callTool({ name: "vault_run", arguments: { ...where, secrets: ["API_KEY"], command } });
  const [result] = await Promise.all([
    call,
    Promise.race([lookAround(go), call.then((early) => assert.ok(existsSync(`${go}.ready`), JSON.stringify(early)))]),
  ]);
  assert.equal(result.isError ?? false, false, JSON.stringify(result));
  judge(go);
  assert.ok(!JSON.stringify(result).includes(VALUE));
  const { placeholders } = result.structuredContent as Record<string, unknown>; // by the tool's schema
  assert.deepEqual(placeholders, { used: { API_KEY: 1 }, unused: [], remarks: REMARKS });

  await approve(t);
  const unused = await client.callTool({
    name: "vault_run",
    arguments: { ...where, secrets: ["API_KEY"], command: ["true"] },
  });
  assert.deepEqual((unused.structuredContent as Record<string, unknown>).placeholders, {
    ...{ used: {}, unused: ["API_KEY"], remarks: [] },
  });
  assert.match(JSON.stringify(unused.content), /placeholders never used: API_KEY/);
});

test("S151 through the agent's socket, no one widens a secret without the master password", async (t) => {
  await makeSecret(t);
  for (const args of [["--no-placeholder"], ["--allow-host", "evil.example"], ["--placeholder", "query:debug"]]) {
    const update = () => vault.ov(["secret", "update", "shop/dev/API_KEY", "--yes", ...args]);
    assert.throws(update, /need a person at a terminal/);
  }
  const { remoteAccess } = await import("#mcp/remote-access.ts");
  const { requireContext, requireSecretName } = await import("#core/vault/context.ts");
  const agent = remoteAccess(JSON.parse(readFileSync(join(vault.folder, "run", "agent.json"), "utf8")));
  const draft = { name: requireSecretName("API_KEY"), placeholder: null };
  const context = requireContext("shop", "dev");
  await assert.rejects(agent.write(context, "update", [draft]), { code: "person-required" });
  await assert.rejects(agent.write(context, "update", [draft], Buffer.from("a guess")), { code: "wrong-password" });
  const [secret] = (await agent.list(context)).filter(({ name }) => name === "API_KEY");
  assert.deepEqual(secret!.placeholder, ["header:authorization"]);
  await typed(t, ["secret", "update", "shop/dev/API_KEY", "--no-placeholder"]);
  const [after] = (await agent.list(context)).filter(({ name }) => name === "API_KEY");
  assert.equal(after!.placeholder, undefined);
});
