import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { serverWords } from "#core/crypto/server-words.ts";
import { newHome, newVault, PASSWORD, writeAskpass } from "../cli/fixtures/home.ts";
import { CODE, typeGroups } from "../cli/fixtures/recovery-kit.ts";
import { atTerminal, ENTER, type PersonAtTerminal } from "../cli/fixtures/terminal.ts";
import { temporaryFolder } from "../core/store/sample.ts";
import { realServer } from "./fixtures/real-server.ts";

const VALUE = "sk_live_a-value-that-must-come-back";
const NEW_PASSWORD = "a new password after all";

async function give(person: PersonAtTerminal, question: string, answer: string): Promise<void> {
  await person.see(question);
  person.type(`${answer}${ENTER}`);
}

test("with every device lost, a kit and the server bring the vault back, and the lost device and code are out", async (t) => {
  const server = await realServer(t, await temporaryFolder(t));
  const home = await newVault(t);
  await home.ov(["secret", "create", "shop/dev/KEY", "--stdin"], { input: VALUE });
  const move = atTerminal(t, home, ["vault", "move", "--to", server.url]);
  await give(move, "Are these the words?", "y");
  await give(move, "Master password:", PASSWORD);
  assert.equal(await move.exit, 0, move.screen);
  const kit = join(home.root, "kit.txt");
  const made = await home.ov(["recovery", "kit", kit]);
  assert.equal(made.code, 0, made.stderr);
  const text = readFileSync(kit, "utf8");
  assert.ok(text.includes(serverWords(server.serverId).slice(0, 4).join("  ")), "the server's words");
  const words = JSON.parse((await home.ov(["devices", "--json"])).stdout).account_words as string[];
  assert.ok(text.includes(words.slice(0, 4).join("  ")), "the account's words");

  const other = newHome(t);
  const next = join(other.root, "next.txt");
  const recover = ["vault", "recover", "--server", server.url, "--code-file", kit, "--recovery-file", next];
  const doubtful = atTerminal(t, other, recover);
  await give(doubtful, "Are these the words?", "y");
  await doubtful.see(words.slice(0, 4).join("  "));
  await give(doubtful, "Are these the words?", "n");
  assert.equal(await doubtful.exit, 130);
  assert.ok(!existsSync(join(other.ovHome, "state", "server", "login.json")));

  const person = atTerminal(t, other, recover);
  await give(person, "Are these the words?", "y");
  await person.see(words.slice(0, 4).join("  "));
  await give(person, "Are these the words?", "y");
  await give(person, "New master password:", NEW_PASSWORD);
  await give(person, "The same again:", NEW_PASSWORD);
  await person.see("The recovery kit is in");
  await typeGroups(person, CODE.exec(readFileSync(next, "utf8"))![0]);
  assert.equal(await person.exit, 0, person.screen);

  const check = `test "$KEY" = ${VALUE}`;
  writeAskpass(other, NEW_PASSWORD);
  const run = await other.ov(["run", "-a", "shop", "-e", "dev", "--", "sh", "-c", check]);
  assert.equal(run.code, 0, run.stderr);
  assert.equal((await home.ov(["secret", "list", "shop/dev"])).code, 4, "the lost device is ended");
  const third = newHome(t);
  const spent = atTerminal(t, third, recover.with(-1, join(third.root, "n")));
  await give(spent, "Are these the words?", "y");
  await spent.see("doesn't take this account");
  assert.equal(await spent.exit, 4);
});
