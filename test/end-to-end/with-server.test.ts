import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { deriveKey } from "#core/crypto/hkdf.ts";
import { passphraseKey } from "#core/crypto/passphrase-key.ts";
import { serverWords } from "#core/crypto/server-words.ts";
import { readSealedAccount } from "#core/vault/account.ts";
import { isVaultError } from "#core/vault-error.ts";
import { approveAll } from "../cli/fixtures/agent.ts";
import { newHome, newVault, PASSWORD } from "../cli/fixtures/home.ts";
import { atTerminal, ENTER } from "../cli/fixtures/terminal.ts";
import { onServer, readValue, secondDevice } from "../core/store/remote/fixtures/server-vault.ts";
import { temporaryFolder } from "../core/store/sample.ts";
import { KEY, put } from "../core/vault/fixture.ts";
import { realServer } from "./fixtures/real-server.ts";

const VALUE = "sk_live_a-value-for-the-whole-job";

test("the whole job goes over the server, on two devices, and its files and traffic hold no value, name, password or key", async (t) => {
  const server = await realServer(t, await temporaryFolder(t));
  const home = await newVault(t);
  await home.ov(["env", "create", "shopfront/devel"]);
  await home.ov(["secret", "create", "shopfront/devel/STRIPE_KEY", "--stdin"], { input: VALUE });
  const person = atTerminal(t, home, ["vault", "move", "--to", server.url]);
  await person.see(serverWords(server.serverId).slice(0, 4).join("  "));
  person.type(`y${ENTER}`);
  await person.see("Master password:");
  person.type(PASSWORD + ENTER);
  await person.see("--account ");
  assert.equal(await person.exit, 0, person.screen);
  const account = /--account ([0-9a-f]{32})/.exec(person.screen)![1]!;

  const other = newHome(t);
  const login = atTerminal(t, other, ["login", server.url, "--account", account]);
  await login.see("Are these the words?");
  login.type(`y${ENTER}`);
  await login.see("Master password:");
  login.type(PASSWORD + ENTER);
  await login.see("Your account is:");
  await login.see("Are these the words?");
  login.type(`y${ENTER}`);
  assert.equal(await login.exit, 0, login.screen);

  assert.equal((await other.ov(["unlock"])).code, 0);
  await approveAll(other, "shopfront", "devel");
  const script = 'test "$STRIPE_KEY" = sk_live_a-value-for-the-whole-job && echo right and $STRIPE_KEY';
  const run = await other.ov(["run", "-a", "shopfront", "-e", "devel", "--", "sh", "-c", script]);
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stdout, /^right and /);
  assert.ok(!run.stdout.includes(VALUE));
  const { entries } = JSON.parse((await home.ov(["audit", "--json"])).stdout);
  assert.ok(
    entries.some((entry: { action: string; received_at: string }) => entry.action === "run" && entry.received_at),
  );
  assert.ok(entries.some((entry: { source: string }) => entry.source === "server"));

  const sealed = readSealedAccount(readFileSync(join(home.ovHome, "state/server/cache/account")).subarray(40));
  const slot = sealed.slots.find(({ kind }) => kind === "password")!;
  const kek = await passphraseKey(Buffer.from(PASSWORD), Buffer.from(account, "hex"), slot.salt, 1);
  const secrets: Buffer[] = [VALUE, "STRIPE_KEY", "shopfront", "devel", PASSWORD].map((text) => Buffer.from(text));
  secrets.push(kek, deriveKey(kek, "ov1/kek/wrap"), deriveKey(kek, "ov1/kek/auth"));
  const files = readdirSync(server.folder).map((name) => readFileSync(join(server.folder, name)));
  assert.ok(files.length >= 3, "the database, its log, the server's keys and log");
  const everything = Buffer.concat([...files, ...server.traffic]);
  for (const secret of secrets) {
    for (const form of [
      secret,
      secret.toString("hex"),
      secret.toString("base64url"),
      secret.toString("base64").replace(/=+$/, ""),
    ]) {
      assert.ok(!everything.includes(form), "a secret lies open");
    }
  }
});

test("two devices that write the same environment lose no update, while answers are lost on the way", async (t) => {
  const server = await realServer(t, await temporaryFolder(t));
  const { first, account } = await onServer(t, server);
  const other = await secondDevice(t, server, account);
  const sessions = await Promise.all([first.unlock(), other.unlock()]);
  const written = await Promise.all(
    sessions.map(async (session, index) => {
      const versions: number[] = [];
      while (versions.length < 30) {
        if (versions.length % 7 === index) server.lose(1);
        const version = await put(session, KEY, `value ${versions.length} of ${index}`).catch((error: unknown) => {
          if (!isVaultError(error, "vault-conflict")) throw error;
        });
        if (version !== undefined) versions.push(version);
      }
      assert.deepEqual(
        versions,
        [...versions].sort((a, b) => a - b),
      );
      return versions;
    }),
  );
  const all = written.flat().sort((a, b) => a - b);
  assert.deepEqual(
    all,
    Array.from({ length: 60 }, (_, index) => index + 2),
    "each acknowledged write is one version",
  );
  assert.match(await readValue(sessions[0]!), /^value 29 of [01]$/);
});

test("a server that is killed during writes has every write that it acknowledged", async (t) => {
  const server = await realServer(t, await temporaryFolder(t));
  const { first } = await onServer(t, server);
  const session = await first.unlock();
  let acknowledged = 0;
  for (let n = 0; n < 24; n++) {
    const killing = n % 8 === 4 ? server.killAndStart() : undefined;
    const version = await put(session, KEY, `value ${n}`).catch((error: unknown) => {
      if (!isVaultError(error, "server-unreachable")) throw error;
    });
    await killing;
    if (version === undefined) continue;
    acknowledged = n;
    assert.equal(await readValue(session), `value ${n}`);
  }
  await server.killAndStart();
  assert.equal(await readValue(await first.unlock()), `value ${acknowledged}`);
  assert.equal(acknowledged, 23);
});
