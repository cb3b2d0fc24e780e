import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "#core/run/policy.ts";
import { encodePolicy } from "#core/run/policy-format.ts";
import { createEnvironment, listApps, turnEnvironmentEpoch } from "#core/vault/apps.ts";
import { parseContext } from "#core/vault/context.ts";
import { changeSettings, readSettings } from "#core/vault/environment-settings.ts";
import { listSecrets } from "#core/vault/secret-list.ts";
import { secretHistory } from "#core/vault/secret-read.ts";
import { deleteSecret } from "#core/vault/secret-write.ts";
import { confirmInvites } from "#core/vault/sharing/confirm.ts";
import { environmentsOfApp, makeInvite } from "#core/vault/sharing/invite.ts";
import { finishJoining, openJoining } from "#core/vault/sharing/join.ts";
import { listMembers } from "#core/vault/sharing/list-members.ts";
import { changeRole, leaveEnvironment, removeMember } from "#core/vault/sharing/members.ts";
import { namePerson } from "#core/vault/sharing/people.ts";
import { KEY, newVault, OTHER, put } from "../fixture.ts";
import { accept, colleague, join, newTeam, SHOP, valueFor } from "./fixtures/team.ts";

test("a colleague with the code reads what is shared, and nothing before the inviter has granted it", async () => {
  const team = await newTeam();
  const bob = await colleague(team.server);
  const { code } = await makeInvite(team.owner.session, [SHOP], "reader", "Bob");
  await accept(team.server, bob, code);
  assert.equal((await openJoining(bob.session)).length, 1);
  await assert.rejects(finishJoining(bob.session), { code: /vault-damaged|not-permitted/ });
  const [joined] = await confirmInvites(team.owner.session);
  assert.equal(joined?.kind === "joined" && joined.who, "Bob");
  assert.deepEqual(await finishJoining(bob.session), [SHOP]);
  assert.equal(await valueFor(bob.session), "sk_live_1");
  assert.deepEqual(await openJoining(bob.session), []);
  assert.deepEqual(await confirmInvites(team.owner.session), []);
});

test("who joins reads on every device of theirs", async () => {
  const team = await newTeam();
  const bob = await colleague(team.server);
  await join(team, bob, "writer");
  assert.equal(await valueFor(await bob.another()), "sk_live_1");
});

test("a writer's values reach the others, whose own writes go on from them", async () => {
  const team = await newTeam();
  const [bob, eve] = [await colleague(team.server), await colleague(team.server)];
  await join(team, bob, "writer");
  await join(team, eve, "admin");
  await put(bob.session, KEY, "by bob", SHOP);
  assert.equal(await valueFor(team.owner.session), "by bob");
  await put(eve.session, KEY, "by eve", SHOP);
  await put(team.owner.session, OTHER, "of the owner", SHOP);
  assert.equal(await valueFor(bob.session), "by eve");
  assert.equal(await valueFor(await eve.another()), "by eve");
  assert.equal((await secretHistory(bob.session, SHOP, KEY)).length, 3);
});

test("S292 a reader's write is refused at once, before anything is sealed or sent", async () => {
  const team = await newTeam();
  const bob = await colleague(team.server);
  await join(team, bob, "reader");
  const before = [...team.server.manifests.values()].flat().length;
  await assert.rejects(put(bob.session, KEY, "not his", SHOP), { code: "not-permitted", message: /reader of shop/ });
  await assert.rejects(deleteSecret(bob.session, SHOP, KEY), { code: "not-permitted" });
  await assert.rejects(turnEnvironmentEpoch(bob.session, SHOP), { code: "not-permitted" });
  await assert.rejects(makeInvite(bob.session, [SHOP], "reader"), { code: "not-permitted" });
  assert.equal([...team.server.manifests.values()].flat().length, before);
  assert.equal(await valueFor(team.owner.session), "sk_live_1");
});

test("the policy of an environment is set by admins", async () => {
  const team = await newTeam();
  const [bob, eve] = [await colleague(team.server), await colleague(team.server)];
  await join(team, bob, "writer");
  await join(team, eve, "admin");
  const policy = encodePolicy(defaultPolicy(SHOP));
  await assert.rejects(
    changeSettings(bob.session, SHOP, "policy", () => policy),
    { code: "not-permitted" },
  );
  await changeSettings(eve.session, SHOP, "policy", () => policy);
  assert.deepEqual(await readSettings(bob.session, SHOP), Buffer.from(policy));
});

test("S293 who is removed gets no new key: what is written afterwards stays closed to them", async () => {
  const team = await newTeam();
  const [bob, eve] = [await colleague(team.server), await colleague(team.server)];
  await join(team, bob, "writer");
  await join(team, eve, "reader");
  await namePerson(team.owner.session, bob.fingerprint, "Bob");
  const { who, toRotate } = await removeMember(team.owner.session, SHOP, "Bob");
  assert.deepEqual([who, toRotate], ["Bob", [KEY]]);
  await put(team.owner.session, KEY, "after bob", SHOP);
  await assert.rejects(valueFor(bob.session), { code: "not-permitted", message: /no member/ });
  await assert.rejects(valueFor(await bob.another()), { code: "not-permitted" });
  // The server gives him all that it has: no grant of the new epoch is for him.
  const own = team.server.kept.get(`${[...team.server.manifests.keys()][0]}/${bob.store.account}`) ?? [];
  assert.deepEqual(
    own.map(({ epoch }) => epoch),
    [1],
  );
  assert.equal(await valueFor(eve.session), "after bob");
});

test("what a removed member could read is marked, with who left, until it is another value", async () => {
  const team = await newTeam();
  const bob = await colleague(team.server);
  await join(team, bob, "reader");
  await put(team.owner.session, OTHER, "postgres://…", SHOP);
  await removeMember(team.owner.session, SHOP, bob.fingerprint.slice(0, 12));
  const marks = async () => (await listSecrets(team.owner.session, SHOP)).map(({ exposed }) => exposed?.why);
  assert.match(String((await marks())[0]), /^left: /);
  await put(team.owner.session, KEY, "a new one", SHOP);
  assert.deepEqual(
    (await marks()).map((why) => why !== undefined),
    [true, false],
  );
});

test("a member who was away over three epochs takes all keys at once, and the history with them", async () => {
  const team = await newTeam();
  const [bob, eve] = [await colleague(team.server), await colleague(team.server)];
  await join(team, bob, "reader");
  await join(team, eve, "admin");
  await turnEnvironmentEpoch(team.owner.session, SHOP);
  await put(team.owner.session, KEY, "second", SHOP);
  await turnEnvironmentEpoch(eve.session, SHOP);
  await put(eve.session, KEY, "third", SHOP);
  await turnEnvironmentEpoch(team.owner.session, SHOP);
  await put(team.owner.session, KEY, "fourth", SHOP);
  assert.equal(await valueFor(bob.session), "fourth");
  assert.deepEqual(
    (await secretHistory(bob.session, SHOP, KEY)).map(({ version }) => version),
    [4, 3, 2, 1],
  );
  assert.equal(await valueFor(await bob.another()), "fourth");
});

test("who joins later reads the newest value, and no version of before the last new key", async () => {
  const team = await newTeam();
  await put(team.owner.session, KEY, "second", SHOP);
  await turnEnvironmentEpoch(team.owner.session, SHOP);
  const bob = await colleague(team.server);
  await join(team, bob, "writer");
  assert.deepEqual(
    (await secretHistory(bob.session, SHOP, KEY)).map(({ version }) => version),
    [2],
  );
  await put(bob.session, KEY, "third", SHOP);
  assert.deepEqual(
    (await secretHistory(team.owner.session, SHOP, KEY)).map(({ version }) => version),
    [3, 2, 1],
  );
});

test("two admins turn the keys at once: one is first, and both go on under one key", async () => {
  const team = await newTeam();
  const eve = await colleague(team.server);
  await join(team, eve, "admin");
  await Promise.all([turnEnvironmentEpoch(team.owner.session, SHOP), turnEnvironmentEpoch(eve.session, SHOP)]);
  await put(eve.session, KEY, "by eve", SHOP);
  assert.equal(await valueFor(team.owner.session), "by eve");
  assert.equal(await valueFor(await team.owner.another()), "by eve");
  assert.equal(await valueFor(await eve.another()), "by eve");
});

test("S294 two admins who remove each other at once: one is first, and the other is told", async () => {
  const team = await newTeam();
  const [bob, eve] = [await colleague(team.server), await colleague(team.server)];
  await join(team, bob, "admin");
  await join(team, eve, "admin");
  const results = await Promise.allSettled([
    removeMember(bob.session, SHOP, eve.fingerprint),
    removeMember(eve.session, SHOP, bob.fingerprint),
  ]);
  const [won, lost] = results[0]!.status === "fulfilled" ? [bob, eve] : [eve, bob];
  const refusal = results.find(({ status }) => status === "rejected") as PromiseRejectedResult;
  assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
  assert.equal(refusal.reason.code, "not-permitted");
  assert.match(refusal.reason.message, /no member of/);
  assert.equal(await valueFor(won.session), "sk_live_1");
  assert.equal(await valueFor(team.owner.session), "sk_live_1");
  await assert.rejects(valueFor(lost.session), { code: "not-permitted" });
});

test("an environment keeps an admin, and its owner", async () => {
  const team = await newTeam();
  const bob = await colleague(team.server);
  await join(team, bob, "admin");
  const owner = team.owner.fingerprint;
  await assert.rejects(removeMember(bob.session, SHOP, owner), { code: "not-permitted", message: /owner/ });
  await assert.rejects(changeRole(bob.session, SHOP, owner, "reader"), { code: "not-permitted" });
  await assert.rejects(leaveEnvironment(team.owner.session, SHOP), { code: "not-permitted", message: /your own/ });
  await assert.rejects(removeMember(bob.session, SHOP, bob.fingerprint), { message: /share leave/ });
  await assert.rejects(removeMember(bob.session, SHOP, "Nobody"), { code: "argument-invalid" });
});

test("a role that changed counts at once, up and down", async () => {
  const team = await newTeam();
  const bob = await colleague(team.server);
  await join(team, bob, "reader");
  await changeRole(team.owner.session, SHOP, bob.fingerprint, "writer");
  await put(bob.session, KEY, "by bob", SHOP);
  await assert.rejects(changeRole(bob.session, SHOP, bob.fingerprint, "admin"), { code: "not-permitted" });
  await changeRole(team.owner.session, SHOP, bob.fingerprint, "reader");
  await assert.rejects(put(bob.session, KEY, "again", SHOP), { code: "not-permitted" });
  assert.equal(await valueFor(await bob.another()), "by bob");
});

test("an admin who leaves takes itself out under a new key; a reader leaves its list, and stays named", async () => {
  const team = await newTeam();
  const [bob, eve] = [await colleague(team.server), await colleague(team.server)];
  await join(team, bob, "admin");
  await join(team, eve, "reader");
  assert.equal(await leaveEnvironment(bob.session, SHOP), "left");
  assert.equal(await leaveEnvironment(eve.session, SHOP), "still-named");
  const { members } = await listMembers(team.owner.session, SHOP);
  assert.deepEqual(
    members.map(({ fingerprint }) => fingerprint).sort(),
    [team.owner.fingerprint, eve.fingerprint].sort(),
  );
  await assert.rejects(valueFor(bob.session), { code: "context-not-found" });
  assert.equal(await valueFor(team.owner.session), "sk_live_1");
});

test("an app that is empty when its last environment is left goes too; one with environments of one's own stays", async () => {
  const team = await newTeam();
  const [bob, eve] = [await colleague(team.server), await colleague(team.server)];
  await join(team, bob, "reader");
  await join(team, eve, "reader");
  const own = parseContext("shop/of-eve");
  await createEnvironment(eve.session, own);
  await leaveEnvironment(bob.session, SHOP);
  await leaveEnvironment(eve.session, SHOP);
  assert.deepEqual(await listApps(bob.session), []);
  const kept = (await listApps(eve.session)).map(({ app, environments }) => [app, environments.length]);
  assert.deepEqual(kept, [["shop", 1]]);
  await put(eve.session, KEY, "her own", own);
  await join(team, bob, "reader");
  assert.equal(await valueFor(bob.session), "sk_live_1");
});

test("who was removed can be invited again", async () => {
  const team = await newTeam();
  const bob = await colleague(team.server);
  await join(team, bob, "reader");
  await removeMember(team.owner.session, SHOP, bob.fingerprint);
  await turnEnvironmentEpoch(team.owner.session, SHOP);
  await put(team.owner.session, KEY, "while he was away", SHOP);
  await leaveEnvironment(bob.session, SHOP);
  await join(team, bob, "writer");
  assert.equal(await valueFor(bob.session), "while he was away");
});

test("a member who calls an app otherwise reads and writes the same secrets", async () => {
  const team = await newTeam();
  const bob = await colleague(team.server);
  await createEnvironment(bob.session, SHOP);
  await put(bob.session, KEY, "his own", SHOP);
  await join(team, bob, "writer");
  const there = parseContext("shop-shared/production");
  assert.equal(await valueFor(bob.session, there), "sk_live_1");
  assert.equal(await valueFor(bob.session), "his own");
  await put(bob.session, KEY, "by bob", there);
  assert.equal(await valueFor(team.owner.session), "by bob");
});

test("a whole app is shared by one code", async () => {
  const team = await newTeam();
  await createEnvironment(team.owner.session, parseContext("shop/dev"));
  const bob = await colleague(team.server);
  const contexts = await environmentsOfApp(team.owner.session, SHOP.app);
  const { code } = await makeInvite(team.owner.session, contexts, "writer");
  await accept(team.server, bob, code);
  await confirmInvites(team.owner.session);
  assert.equal((await finishJoining(bob.session)).length, 2);
});

test("an invite that can be granted in part only is tried again, and writes nothing twice", async () => {
  const team = await newTeam();
  const dev = parseContext("shop/dev");
  await createEnvironment(team.owner.session, dev);
  const [bob, eve] = [await colleague(team.server), await colleague(team.server)];
  const both = await makeInvite(team.owner.session, [SHOP, dev], "admin");
  await accept(team.server, eve, both.code);
  await confirmInvites(team.owner.session);
  await finishJoining(eve.session);
  const { code } = await makeInvite(eve.session, [SHOP, dev], "reader");
  await changeRole(team.owner.session, dev, eve.fingerprint, "writer");
  await accept(team.server, bob, code);
  assert.deepEqual(
    (await confirmInvites(eve.session)).map(({ kind }) => kind),
    ["failed"],
  );
  const before = [...team.server.manifests.values()].flat().length;
  assert.deepEqual(
    (await confirmInvites(eve.session)).map(({ kind }) => kind),
    ["failed"],
  );
  assert.equal([...team.server.manifests.values()].flat().length, before);
  assert.equal((await listMembers(team.owner.session, SHOP)).members.length, 3);
});

test("a member whose account the server no longer knows keeps nobody from new keys, and gets them again if it is back", async () => {
  const team = await newTeam();
  const [bob, eve] = [await colleague(team.server), await colleague(team.server)];
  await join(team, bob, "writer");
  await join(team, eve, "reader");
  team.server.tricks.identities = (_, honest) => new Map([...honest].filter(([name]) => name !== bob.fingerprint));
  await turnEnvironmentEpoch(team.owner.session, SHOP);
  const again = () => changeRole(team.owner.session, SHOP, bob.fingerprint, "writer");
  await assert.rejects(again(), { code: "server-refused" });
  assert.equal(await valueFor(eve.session), "sk_live_1");
  delete team.server.tricks.identities;
  await assert.rejects(valueFor(bob.session), { code: "not-permitted", message: /newest key/ });
  await again();
  assert.equal(await valueFor(bob.session), "sk_live_1");
});

test("members are shown by the name that was given them here, else by words", async () => {
  const team = await newTeam();
  const bob = await colleague(team.server);
  await join(team, bob, "reader");
  const find = async () => (await listMembers(team.owner.session, SHOP)).members.find(({ isYou }) => !isYou)!;
  assert.match((await find()).who, /^[a-z]+-[a-z]+-[a-z]+$/);
  assert.equal((await find()).words.split(" ").length, 12);
  await namePerson(team.owner.session, bob.fingerprint, "Bob");
  assert.deepEqual([(await find()).who, (await find()).role, (await find()).isOwner], ["Bob", "reader", false]);
  assert.equal(team.server.people.size, 2);
});

test("a vault of this machine says that sharing needs a server", async () => {
  const { session } = await newVault();
  const refused = { code: "argument-invalid", message: /ov vault move --to/ };
  await assert.rejects(makeInvite(session, [parseContext("shop/dev")], "reader"), refused);
  await assert.rejects(confirmInvites(session), refused);
});
