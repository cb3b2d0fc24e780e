import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startPostgres } from "../api-server/postgres.ts";
import { type Home, newHome, PASSWORD } from "../cli/fixtures/home.ts";
import { CODE, typeGroups } from "../cli/fixtures/recovery-kit.ts";
import { machine, makeToken, served, VALUE } from "../cli/fixtures/served-home.ts";
import { atTerminal, ENTER, type PersonAtTerminal } from "../cli/fixtures/terminal.ts";

const DEV = ["--app", "shop", "--env", "dev"];
const PRODUCTION = ["--app", "shop", "--env", "production"];
const SHOW = ["--", "sh", "-c", 'test "$STRIPE_KEY" && echo "it is $STRIPE_KEY"'];
const LENGTH = ["--", "sh", "-c", 'printf %s "$STRIPE_KEY" | wc -c'];

const postgres = await startPostgres();

test("five people and a CI job work on one app, over a server that none of them trusts", async (t) => {
  const { home: ann, api } = await served(t, { databaseUrl: await postgres.newDatabase() });
  const [bob, carol, dan, eve] = [newHome(t), newHome(t), newHome(t), newHome(t)];

  // A colleague is in by one code, with an account that the code let in.
  await lettingIn(t, ann, bob, "shop/*", "writer", "Bob");
  await lettingIn(t, ann, carol, "shop/dev", "reader", "Carol");
  await lettingIn(t, ann, dan, "shop/*", "admin", "Dan");
  await lettingIn(t, dan, eve, "shop/dev", "reader", "Eve");
  assert.match((await bob.ov(["run", ...DEV, ...SHOW])).stdout, /it is \[redacted:STRIPE_KEY\]/);
  assert.match((await eve.ov(["run", ...DEV, ...SHOW])).stdout, /it is \[redacted:STRIPE_KEY\]/);
  const refused = await carol.ov(["secret", "create", "shop/dev/NEW", "-g"]);
  assert.match(refused.stderr, /reader of shop\/dev/);
  assert.match((await carol.ov(["secret", "list", "shop/production"])).stderr, /no shop\/production/);

  // CI reads exactly one environment.
  const token = await makeToken(t, ann, "--env", "shop/dev");
  const ci = machine(t, { OV_TOKEN: token });
  assert.match((await ci("run", ...SHOW)).stdout, /it is \[redacted:STRIPE_KEY\]/);
  assert.notEqual((await ci("run", ...PRODUCTION, ...SHOW)).code, 0);

  // What a writer writes, everybody and CI has at the next run.
  const changed = await bob.ov(["secret", "update", "shop/dev/STRIPE_KEY", "--stdin"], { input: "a-new-value" });
  assert.equal(changed.code, 0, changed.stderr);
  assert.match((await ci("run", ...LENGTH)).stdout, /^11$/m);

  // A leaver is out, with a list of what to rotate; those who stay, and CI, go on under new keys.
  const removing = atTerminal(t, dan, ["share", "remove", "Eve", "--env", "shop/dev"]);
  await give(removing, "Master password:", PASSWORD);
  await give(removing, "Remove Eve", "y");
  assert.equal(await removing.exit, 0, removing.screen);
  assert.match(removing.screen, /shop\/dev\/STRIPE_KEY/);
  const out = await eve.ov(["run", ...DEV, ...SHOW]);
  assert.notEqual(out.code, 0);
  assert.doesNotMatch(out.stdout, /it is/);
  const marked = JSON.parse((await ann.ov(["secret", "list", "shop/dev", "--json"])).stdout).secrets;
  assert.ok(JSON.stringify(marked).includes("left: Eve"), JSON.stringify(marked));
  assert.match((await ci("run", ...LENGTH)).stdout, /^11$/m);

  // The value is rotated, and the mark is gone.
  const rotated = await ann.ov(["secret", "update", "shop/dev/STRIPE_KEY", "--stdin"], { input: "after Eve" });
  assert.equal(rotated.code, 0, rotated.stderr);
  const clean = (await ann.ov(["secret", "list", "shop/dev", "--json"])).stdout;
  assert.doesNotMatch(clean, /left: Eve/);
  assert.match((await bob.ov(["run", ...DEV, ...LENGTH])).stdout, /^9$/m);

  // Everyone sees who used what: Ann sees Bob's run and CI's, by name.
  const audit = await ann.ov(["audit", "--json", "--secret", "STRIPE_KEY"]);
  assert.equal(audit.code, 0, audit.stderr);
  const runs = JSON.parse(audit.stdout).entries.filter(({ action }: { action: string }) => action === "run");
  const devices = new Set(runs.map(({ device }: { device: string }) => device));
  assert.ok(devices.size >= 3, `Bob, Eve and CI: ${[...devices].join(", ")}`);
  assert.doesNotMatch(audit.stdout, new RegExp(VALUE));

  // Somebody loses the machine and the password, and is back by the kit.
  const again = newHome(t);
  const recovering = atTerminal(t, again, [
    ...["vault", "recover", "--server", api.url, "--code-file", join(carol.project, "kit.txt")],
    ...["--recovery-file", "new-kit.txt"],
  ]);
  await give(recovering, "Are these the words?", "y");
  await give(recovering, "The kit has the same words.", "y");
  await give(recovering, "New master password:", PASSWORD);
  await give(recovering, "The same again:", PASSWORD);
  await typeGroups(recovering, await codeIn(join(again.project, "new-kit.txt")));
  assert.equal(await recovering.exit, 0, recovering.screen);
  assert.match((await again.ov(["secret", "list", "shop/dev"])).stdout, /STRIPE_KEY/);
  assert.notEqual((await carol.ov(["secret", "list", "shop/dev"])).code, 0, "the lost machine is out");

  // CI ends at once.
  assert.equal((await dan.ov(["token", "revoke", "ci"])).code, 0);
  assert.match((await ci("run", ...SHOW)).stderr, /doesn't take this token/);
});

/** An admin's invite, taken by somebody who has nothing yet. */
async function lettingIn(t: TestContext, by: Home, who: Home, env: string, role: string, name: string): Promise<void> {
  const inviting = atTerminal(t, by, ["share", "invite", "--env", env, "--role", role, "--name", name, "--wait"]);
  await give(inviting, "Master password:", PASSWORD);
  await inviting.see("Waiting until the invite is accepted");
  const code = /ovi1_[A-Za-z0-9_-]+/.exec(inviting.screen)![0];
  const accepting = atTerminal(t, who, ["share", "accept", code, "--recovery-file", "kit.txt"]);
  await give(accepting, "Make an account there, and accept?", "y");
  await give(accepting, "New master password:", PASSWORD);
  await give(accepting, "The same again:", PASSWORD);
  await typeGroups(accepting, await codeIn(join(who.project, "kit.txt")));
  await inviting.see(`${name} is in: ${role} of`);
  assert.equal(await inviting.exit, 0, inviting.screen);
  assert.equal(await accepting.exit, 0, accepting.screen);
}

async function give(person: PersonAtTerminal, question: string, answer: string): Promise<void> {
  await person.see(question);
  person.type(`${answer}${ENTER}`);
}

async function codeIn(file: string): Promise<string> {
  while (!existsSync(file)) await sleep(20);
  return CODE.exec(readFileSync(file, "utf8"))![0];
}
