import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { serverWords } from "#core/crypto/server-words.ts";
import { ServerDouble } from "../core/store/remote/fixtures/server-double.ts";
import { agentOf, approveAll } from "./fixtures/agent.ts";
import { type Home, newHome, newVault, PASSWORD, writeAskpass } from "./fixtures/home.ts";
import { atTerminal, ENTER } from "./fixtures/terminal.ts";

const VALUE = "sk_live_a-value-that-nobody-else-has";

/** A home whose vault, with one secret, was moved to the server. */
async function movedHome(
  t: TestContext,
  server: ServerDouble,
): Promise<{ readonly home: Home; readonly account: string }> {
  const home = await newVault(t);
  assert.equal((await home.ov(["env", "create", "shop/dev"])).code, 0);
  assert.equal((await home.ov(["secret", "create", "shop/dev/STRIPE_KEY", "--stdin"], { input: VALUE })).code, 0);
  const person = atTerminal(t, home, ["vault", "move", "--to", server.url]);
  await person.see(serverWords(server.serverId).slice(0, 4).join("  "));
  await person.see("Are these the words?");
  person.type(`y${ENTER}`);
  await person.see("Master password:");
  person.type(PASSWORD + ENTER);
  await person.see("every object was read back");
  await person.see("--account ");
  assert.equal(await person.exit, 0, person.screen);
  const account = /--account ([0-9a-f]{32})/.exec(person.screen)![1]!;
  return { home, account };
}

async function login(
  t: TestContext,
  home: Home,
  server: ServerDouble,
  account: string,
  password = PASSWORD,
): Promise<string> {
  const person = atTerminal(t, home, ["login", server.url, "--account", account]);
  await person.see("Are these the words?");
  person.type(`y${ENTER}`);
  await person.see("Master password:");
  person.type(password + ENTER);
  if (password === PASSWORD) {
    await person.see("Your account is:");
    await person.see("Are these the words?");
    person.type(`y${ENTER}`);
  }
  await person.exit;
  return person.screen;
}

test("a vault is moved to a server, used there by two devices, and moved back", async (t) => {
  const server = await ServerDouble.start(t);
  const { home, account } = await movedHome(t, server);
  assert.ok(!existsSync(join(home.ovHome, "vault")), "the old vault is released");
  assert.ok(readdirSync(home.ovHome).some((name) => /^vault-before-move-.*\.ovb$/.test(name)));
  assert.equal(statSync(join(home.ovHome, "state/server/login.json")).mode & 0o777, 0o600);

  const other = newHome(t);
  assert.match(await login(t, other, server, account), /Logged in to/);
  const listed = await other.ov(["secret", "list", "shop/dev", "--json"]);
  assert.match(listed.stdout, /STRIPE_KEY/, listed.stderr);
  assert.equal(
    (await other.ov(["secret", "create", "shop/dev/SECOND", "--stdin"], { input: "the other device wrote this" })).code,
    0,
  );
  assert.match((await home.ov(["secret", "list", "shop/dev"])).stdout, /SECOND/);

  const back = atTerminal(t, home, ["vault", "move", "--to", "local"]);
  await back.see("to this machine?");
  back.type(`y${ENTER}`);
  await back.see("Delete it on the server");
  back.type(`n${ENTER}`);
  await back.see("Master password:");
  back.type(PASSWORD + ENTER);
  await back.see("2 secrets, each decrypted and checked");
  assert.equal(await back.exit, 0);
  await server.stop();
  assert.match((await home.ov(["secret", "list", "shop/dev"])).stdout, /SECOND/);
});

test("a command runs with a secret from the server, and offline with what was fetched; writes wait for the server", async (t) => {
  const server = await ServerDouble.start(t);
  const { home } = await movedHome(t, server);
  assert.match((await home.ov(["sync"])).stderr, /1 environments with 1 records/);
  assert.equal((await home.ov(["unlock"])).code, 0);
  await approveAll(home, "shop", "dev");
  const run = ["run", "-a", "shop", "-e", "dev", "--", "sh", "-c", 'test "$STRIPE_KEY" && echo it is $STRIPE_KEY'];
  const online = await home.ov(run);
  assert.equal(online.code, 0, online.stderr);
  assert.match(online.stdout, /it is/);
  assert.doesNotMatch(online.stdout, new RegExp(VALUE));

  const { port } = server;
  await server.stop();
  const offline = await home.ov(run);
  assert.equal(offline.code, 0, offline.stderr);
  const refused = await home.ov(["secret", "create", "shop/dev/NEW", "--stdin"], { input: "a value to be written" });
  assert.equal(refused.code, 11, refused.stderr);
  assert.match(refused.stderr, /No answer from/);
  await server.listen(port);
  assert.match((await home.ov(["sync"])).stderr, /Sent \d+ entries of the audit log/);
  assert.ok(agentOf(home).pid > 0);
});

test("S210 a login shows the server's words and the account's, and a wrong password enrols nothing", async (t) => {
  const server = await ServerDouble.start(t);
  const { account } = await movedHome(t, server);
  const other = newHome(t);
  const before = server.accounts.devices.size;
  assert.match(await login(t, other, server, account, "a wrong password here"), /doesn't take this account/);
  assert.equal(server.accounts.devices.size, before);
  assert.ok(!existsSync(join(other.ovHome, "config.json")));
  const screen = await login(t, other, server, account);
  const told = JSON.parse((await other.ov(["devices", "--json"])).stdout);
  assert.ok(screen.includes(told.account_words.slice(0, 4).join("  ")), "the account's words");
  assert.deepEqual(told.server_words, [...serverWords(server.serverId)]);
  assert.equal(told.devices.length, 2);
});

test("a person who says no to the server's words sends it nothing", async (t) => {
  const server = await ServerDouble.start(t);
  const home = newHome(t);
  const person = atTerminal(t, home, ["login", server.url, "--account", "0".repeat(32)]);
  await person.see("Are these the words?");
  person.type(`n${ENTER}`);
  await person.see("Nothing was sent");
  assert.equal(await person.exit, 130);
  assert.deepEqual(
    server.traffic.filter((bytes) => bytes.includes("POST")),
    [],
  );
});

test("without a person at a terminal nobody logs in, moves a vault, or removes a device", async (t) => {
  const server = await ServerDouble.start(t);
  const { home } = await movedHome(t, server);
  const id = "1".repeat(32);
  assert.equal((await home.ov(["devices", "remove", id])).code, 5);
  assert.equal((await home.ov(["vault", "move", "--to", "local"])).code, 5);
  assert.equal((await newHome(t).ov(["login", server.url, "--account", id, "--server-id", "a".repeat(64)])).code, 5);
});

test("S211 no setting changes the server or its identity", async (t) => {
  const home = await newVault(t);
  for (const key of ["server", "server_id", "account"]) {
    const set = await home.ov(["config", "set", key, "https://evil.example"]);
    assert.equal(set.code, 2, key);
    assert.match(set.stderr, /set by "ov login"/);
  }
  assert.ok(!existsSync(join(home.ovHome, "config.json")));
});

test("a removed device reads nothing more, not even from its cache", async (t) => {
  const server = await ServerDouble.start(t);
  const { home, account } = await movedHome(t, server);
  const other = newHome(t);
  await login(t, other, server, account);
  assert.match((await other.ov(["sync"])).stderr, /Fetched/);
  const { devices } = JSON.parse((await other.ov(["devices", "--json"])).stdout);
  const id = devices.find((device: { this_device: boolean }) => device.this_device).id;
  const person = atTerminal(t, home, ["devices", "remove", id]);
  await person.see("End the device");
  person.type(`y${ENTER}`);
  await person.see("is ended");
  await person.see("Give every environment new keys");
  person.type(`y${ENTER}`);
  await person.see("Master password:");
  person.type(PASSWORD + ENTER);
  await person.see("shop/dev has new keys.");
  assert.equal(await person.exit, 0);
  const listed = await other.ov(["secret", "list", "shop/dev"]);
  assert.equal(listed.code, 4, listed.stderr);
  assert.doesNotMatch(listed.stdout, /STRIPE_KEY/);
});

test("S212 a new master password ends the other devices, and is what the next login takes", async (t) => {
  const server = await ServerDouble.start(t);
  const { home, account } = await movedHome(t, server);
  const other = newHome(t);
  await login(t, other, server, account);
  const person = atTerminal(t, home, ["vault", "change-password"]);
  await person.see("Master password:");
  person.type(PASSWORD + ENTER);
  await person.see("New master password:");
  person.type(`another master password${ENTER}`);
  await person.see("The same again:");
  person.type(`another master password${ENTER}`);
  await person.see("is changed");
  assert.equal((await other.ov(["secret", "list", "shop/dev"])).code, 4);
  assert.equal((await other.ov(["logout"])).code, 0);
  assert.match(await login(t, other, server, account, "no password of this vault"), /doesn't take/);
  writeAskpass(home, "another master password");
  assert.match((await home.ov(["secret", "list", "shop/dev"])).stdout, /STRIPE_KEY/);
});

test("S213 neither the server nor who watches the network has values, names, the password or a key of it", async (t) => {
  const server = await ServerDouble.start(t);
  const { home, account } = await movedHome(t, server);
  const other = newHome(t);
  await login(t, other, server, account);
  await other.ov(["secret", "list", "shop/dev"]);
  const held = JSON.stringify([...server.accounts.accounts], (_, value) => (value instanceof Map ? [...value] : value));
  const kept = readdirSync(join(home.ovHome, "state"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  const everything = Buffer.concat([...server.traffic, Buffer.from(held), ...base64Pieces(held), ...kept]);
  for (const word of [VALUE, "STRIPE_KEY", "shop", PASSWORD]) {
    for (const form of [word, Buffer.from(word).toString("hex"), Buffer.from(word).toString("base64").slice(0, -4)]) {
      assert.ok(!everything.includes(form), `${word} is seen`);
    }
  }
});

function base64Pieces(text: string): Buffer[] {
  return [...text.matchAll(/"([A-Za-z0-9_-]{40,})"/g)].map(([, piece]) => Buffer.from(piece!, "base64url"));
}

test("the audit log has the entries of every device and those of the server, with when it got each, and is exported", async (t) => {
  const server = await ServerDouble.start(t);
  const { home, account } = await movedHome(t, server);
  const other = newHome(t);
  await login(t, other, server, account);
  await other.ov(["secret", "create", "shop/dev/SECOND", "--stdin"], { input: "from the other device" });
  const { entries } = JSON.parse((await home.ov(["audit", "--json"])).stdout);
  assert.equal(
    new Set(entries.filter((entry: Line) => entry.source === "vault").map((entry: Line) => entry.device)).size,
    2,
  );
  const actions = entries.filter((entry: Line) => entry.source === "server").map((entry: Line) => entry.action);
  for (const action of ["account.create", "environment.write", "device.enrol"])
    assert.ok(actions.includes(action), action);
  const sent = entries.filter((entry: Line) => entry.source === "vault" && entry.received_at === null);
  assert.deepEqual(sent, []);

  const csv = (await home.ov(["audit", "--csv", "--secret", "SECOND"])).stdout.trim().split("\r\n");
  assert.equal(csv[0], Object.keys(entries[0]).join(","));
  assert.equal(csv.length, 2);
  assert.match(csv[1]!, /^vault,.*,write,shop\/dev,,SECOND,/);

  const log = server.accounts.accounts.get(account)!.log;
  log[1] = { ...log[1]!, who: "f".repeat(32) };
  const told = await home.ov(["audit"]);
  assert.equal(told.code, 10);
  assert.match(told.stderr, /not one chain/);
});

test("ov audit --follow shows what other devices do, as they do it", async (t) => {
  const server = await ServerDouble.start(t);
  const { home, account } = await movedHome(t, server);
  const other = newHome(t);
  await login(t, other, server, account);
  const person = atTerminal(t, home, ["audit", "--follow", "--json"], { askpass: true });
  await person.see('"action":"create-environment"');
  await other.ov(["secret", "create", "shop/dev/SECOND", "--stdin"], { input: "from the other device" });
  await person.see('"action":"write","context":"shop/dev"');
  person.type("\x03");
  assert.equal(await person.exit, 0);
});

interface Line {
  readonly source: string;
  readonly device: string;
  readonly action: string;
  readonly received_at: string | null;
}
