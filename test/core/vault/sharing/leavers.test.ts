import assert from "node:assert/strict";
import { test } from "node:test";
import type { Id } from "#core/store/store.ts";
import { createEnvironment, turnEnvironmentEpoch } from "#core/vault/apps.ts";
import { parseContext } from "#core/vault/context.ts";
import { confirmInvites } from "#core/vault/sharing/confirm.ts";
import { makeInvite, withdrawInvite } from "#core/vault/sharing/invite.ts";
import { finishJoining } from "#core/vault/sharing/join.ts";
import { listMembers } from "#core/vault/sharing/list-members.ts";
import { changeRole, removeMember } from "#core/vault/sharing/members.ts";
import { createToken, listTokens, revokeToken } from "#core/vault/sharing/tokens.ts";
import { VaultError } from "#core/vault-error.ts";
import { KEY, put } from "../fixture.ts";
import { ColludingServer } from "./fixtures/colluding-server.ts";
import { accept, type Colleague, colleague, newTeam, SHOP, type Team } from "./fixtures/team.ts";

const DEV = parseContext("shop/dev");
const DAY = 86_400_000;

/** Of which epochs the server has keys for a holder, in any environment. */
function epochsFor({ kept }: ColludingServer, holder: Id): readonly number[] {
  return [...kept].filter(([place]) => place.endsWith(`/${holder}`)).flatMap(([, grants]) => grants.map(epochOf));
}

function epochOf({ epoch }: { readonly epoch: number }): number {
  return epoch;
}

async function tokenFor({ session }: Colleague, contexts = [SHOP], expiresAt = Date.now() + DAY): Promise<Id> {
  await createToken(session, { name: "ci", contexts, expiresAt, addresses: [] });
  return (await listTokens(session)).at(-1)!.id;
}

test("S340 a token that is over gets no key of a new epoch, and one that is not gets it", async () => {
  const clock = { now: Date.now() };
  const server = new ColludingServer();
  const owner = await colleague(server, () => clock.now);
  await createEnvironment(owner.session, SHOP);
  await put(owner.session, KEY, "sk_live_1", SHOP);
  const short = await tokenFor(owner, [SHOP], clock.now + DAY);
  const long = await tokenFor(owner, [SHOP], clock.now + 30 * DAY);
  clock.now += 2 * DAY;
  await turnEnvironmentEpoch(owner.session, SHOP);
  assert.deepEqual(epochsFor(server, short), [1]);
  assert.deepEqual([...epochsFor(server, long)].sort(), [1, 2]);
});

test("S341 a revoked token is out of every manifest that names it, though the server says that it reads nothing", async () => {
  const team = await newTeam();
  await createEnvironment(team.owner.session, DEV);
  const id = await tokenFor(team.owner, [SHOP, DEV]);
  team.server.tricks.tokens = (honest) => honest.map((token) => ({ ...token, environments: [] }));
  const { contexts } = await revokeToken(team.owner.session, id);
  assert.deepEqual(contexts, [SHOP, DEV]);
  for (const context of contexts) {
    const { head } = await (await team.owner.session.environment(context)).load();
    assert.deepEqual([head.epoch, head.tokens], [2, []]);
  }
  assert.deepEqual(epochsFor(team.server, id), [1, 1]);
});

test("a token that can't be taken out of one environment is out of the others, and that is told", async () => {
  const team = await newTeam();
  await createEnvironment(team.owner.session, DEV);
  const eve = await adminOfBoth(team);
  const id = await tokenFor(eve, [SHOP, DEV]);
  await changeRole(team.owner.session, SHOP, eve.fingerprint, "writer");
  await assert.rejects(revokeToken(eve.session, id), { code: "not-permitted", message: /shop\/production/ });
  assert.deepEqual((await (await eve.session.environment(DEV)).load()).head.tokens, []);
});

test("S342 an invite that was granted in part lets nobody in again who was removed since", async () => {
  const team = await newTeam();
  await createEnvironment(team.owner.session, DEV);
  const eve = await adminOfBoth(team);
  const bob = await colleague(team.server);
  const { code } = await makeInvite(eve.session, [SHOP, DEV], "reader");
  await changeRole(team.owner.session, DEV, eve.fingerprint, "writer");
  await accept(team.server, bob, code);
  const confirm = async () => (await confirmInvites(eve.session)).map(({ kind }) => kind);
  assert.deepEqual(await confirm(), ["failed"]);
  assert.equal((await listMembers(team.owner.session, SHOP)).members.length, 3);
  await removeMember(team.owner.session, SHOP, bob.fingerprint);
  assert.deepEqual(await confirm(), ["failed"]);
  assert.equal((await listMembers(team.owner.session, SHOP)).members.length, 2);
  assert.deepEqual(epochsFor(team.server, bob.store.account), [1]);
  // What was not granted yet still is, once it can be.
  await changeRole(team.owner.session, DEV, eve.fingerprint, "admin");
  assert.deepEqual(await confirm(), ["joined"]);
  assert.equal((await listMembers(team.owner.session, DEV)).members.length, 3);
  assert.equal((await listMembers(team.owner.session, SHOP)).members.length, 2);
});

test("S343 an invite that was withdrawn lets nobody in, though the server refuses to delete it", async () => {
  const team = await newTeam();
  const bob = await colleague(team.server);
  const { id, code } = await makeInvite(team.owner.session, [SHOP], "reader");
  await accept(team.server, bob, code);
  team.server.tricks.deleteInvite = () => {
    throw new VaultError("server-refused", "The server did not do it. Try again.");
  };
  await assert.rejects(withdrawInvite(team.owner.session, id), { code: "server-refused" });
  assert.deepEqual(await confirmInvites(team.owner.session), []);
  assert.equal((await listMembers(team.owner.session, SHOP)).members.length, 1);
  delete team.server.tricks.deleteInvite;
  await withdrawInvite(team.owner.session, id);
  assert.equal(team.server.invited.has(id), false);
});

async function adminOfBoth(team: Team): Promise<Colleague> {
  const eve = await colleague(team.server);
  const { code } = await makeInvite(team.owner.session, [SHOP, DEV], "admin");
  await accept(team.server, eve, code);
  await confirmInvites(team.owner.session);
  await finishJoining(eve.session);
  return eve;
}
