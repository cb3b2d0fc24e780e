import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { approveAll } from "../cli/fixtures/agent.ts";
import { type Home, newHome, newVault, PASSWORD } from "../cli/fixtures/home.ts";
import { CODE, typeGroups } from "../cli/fixtures/recovery-kit.ts";
import { atTerminal, ENTER, type PersonAtTerminal } from "../cli/fixtures/terminal.ts";
import { temporaryFolder } from "../core/store/sample.ts";
import { realServer } from "../end-to-end/fixtures/real-server.ts";
import { blocksOf, programsOf } from "./guide.ts";
import { runBlock } from "./run-block.ts";

async function give(person: PersonAtTerminal, question: string, answer: string): Promise<void> {
  await person.see(question);
  person.type(`${answer}${ENTER}`);
}

test("every command of the guide for a team does what it says", async (t) => {
  const [invite, accept, role, remove, leave] = blocksOf("team.md", "console") as [
    string,
    string,
    string,
    string,
    string,
  ];
  const [first, confirm, verify] = blocksOf("team.md", "sh") as [string, string, string];
  assert.equal(blocksOf("team.md", "console").length + blocksOf("team.md", "sh").length, 8);
  const server = await realServer(t, await temporaryFolder(t));
  const [ana, ben] = [await newVault(t), newHome(t)];
  await ana.ov(["secret", "create", "shop/dev/API_KEY", "--stdin"], { input: "kZ4tQ9wXr7LmN2vB8sHd" });
  await ana.ov(["secret", "create", "shop/production/API_KEY", "--stdin"], { input: "pW3rT6yUi9OpA1sDfGhJ" });
  const move = atTerminal(t, ana, ["vault", "move", "--to", server.url]);
  await give(move, "Are these the words?", "y");
  await give(move, "Master password:", PASSWORD);
  assert.equal(await move.exit, 0, move.screen);

  const programs = { ana: programsOf(ana), ben: programsOf(ben, { npm: "tests pass" }) };
  const terminal = (home: Home, block: string, path: string): PersonAtTerminal =>
    atTerminal(t, home, ["-ec", block], { program: "/bin/sh", env: { PATH: path } });

  const inviting = terminal(ana, invite, programs.ana);
  await give(inviting, "Master password:", PASSWORD);
  await inviting.see("Waiting until the invite is accepted");
  const code = /ovi1_[A-Za-z0-9_-]+/.exec(inviting.screen.replace(/\r?\n/g, " "))![0];

  const accepting = terminal(ben, accept.replace("CODE", code), programs.ben);
  await accepting.see("as writer of shop/");
  await give(accepting, "Make an account there, and accept?", "y");
  await give(accepting, "New master password:", PASSWORD);
  await give(accepting, "The same again:", PASSWORD);
  await typeGroups(accepting, await codeOfKit(ben));
  await accepting.see("Waiting for the keys");
  await inviting.see("Ben is in: writer of");
  assert.equal(await inviting.exit, 0, inviting.screen);
  await accepting.see("shop/dev is yours to use");
  assert.equal(await accepting.exit, 0, accepting.screen);

  assert.equal((await ben.ov(["unlock"])).code, 0);
  await approveAll(ben, "shop", "dev");
  const ran = await runBlock(ben, first, programs.ben);
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, /shop\/dev +1 +shared: writer/);
  assert.match(ran.stdout, /tests pass/);
  assert.match((await ben.ov(["status"])).stdout, /shared +shop\/production: writer/);

  const listed = await runBlock(ana, confirm, programs.ana);
  assert.equal(listed.code, 0, listed.stderr);
  assert.match(listed.stdout, /shop\/production +Ben +writer/);
  const words = await runBlock(ana, verify, programs.ana);
  const devices = await ben.ov(["devices", "--json"]);
  assert.deepEqual(words.stdout.trim().split(/\s+/), JSON.parse(devices.stdout).account_words);

  const changing = terminal(ana, role, programs.ana);
  await give(changing, "Master password:", PASSWORD);
  assert.equal(await changing.exit, 0, changing.screen);
  const refused = await ben.ov(["secret", "create", "shop/production/NEW", "-g"]);
  assert.equal(refused.code, 6);
  assert.match(refused.stderr, /reader of shop\/production/);

  const leaving = terminal(ben, leave, programs.ben);
  await give(leaving, "Leave shop/dev?", "y");
  await give(leaving, "Master password:", PASSWORD);
  assert.equal(await leaving.exit, 0, leaving.screen);
  assert.match(leaving.screen, /ask an admin to run "ov share remove"/);

  const removing = terminal(ana, remove, programs.ana);
  await give(removing, "Master password:", PASSWORD);
  await give(removing, "Remove Ben from shop/*", "y");
  assert.equal(await removing.exit, 0, removing.screen);
  assert.match(removing.screen, /shop\/production\/API_KEY/);
  const gone = await ben.ov(["secret", "list", "shop/production"]);
  assert.match(gone.stderr, /no member of the environment shop\/production any more/);
  assert.match((await ana.ov(["secret", "list", "shop/production", "--json"])).stdout, /left: Ben/);

  // Again, to somebody who has an account by now, and with the vaults of both unlocked.
  assert.equal((await ana.ov(["unlock"])).code, 0);
  const again = atTerminal(t, ana, ["share", "invite", "--env", "shop/dev", "--role", "reader"]);
  await give(again, "Master password:", PASSWORD);
  await again.see("To take it back: ov share withdraw ");
  const second = /ovi1_[A-Za-z0-9_-]+/.exec(again.screen)![0];
  assert.equal((await ben.ov(["share", "accept", `${second}x`])).code, 2);
  const taking = atTerminal(t, ben, ["share", "accept", second, "--no-wait"]);
  await give(taking, "Master password:", PASSWORD);
  assert.equal(await taking.exit, 0, taking.screen);
  assert.match((await ana.ov(["sync"])).stderr, /Ben is in: reader of shop\/dev/);
  assert.match((await ben.ov(["sync"])).stderr, /shop\/dev is yours to use/);
});

async function codeOfKit(home: Home): Promise<string> {
  const file = join(home.project, "kit.txt");
  while (!existsSync(file)) await sleep(20);
  return CODE.exec(readFileSync(file, "utf8"))![0];
}
