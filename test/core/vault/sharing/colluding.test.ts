import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "#core/crypto/hash.ts";
import { deriveKey } from "#core/crypto/hkdf.ts";
import { newId, randomBuffer } from "#core/crypto/random.ts";
import type { Id } from "#core/store/store.ts";
import { keyName } from "#core/vault/account.ts";
import { turnEnvironmentEpoch } from "#core/vault/apps.ts";
import { sealGrant } from "#core/vault/grant.ts";
import { inviteMac } from "#core/vault/invite-code.ts";
import { type ManifestHead, manifestHash, peekManifest, signManifest } from "#core/vault/manifest.ts";
import { confirmInvites } from "#core/vault/sharing/confirm.ts";
import { makeInvite } from "#core/vault/sharing/invite.ts";
import { finishJoining } from "#core/vault/sharing/join.ts";
import { removeMember } from "#core/vault/sharing/members.ts";
import { KEY, put } from "../fixture.ts";
import { accept, type Colleague, colleague, join, newTeam, SHOP, type Team, valueFor } from "./fixtures/team.ts";

const DAMAGED = { code: "vault-damaged" };

function environmentOf({ server }: Team): Id {
  return [...server.manifests.keys()][0] as Id; // keyed by ids
}

function newestHead({ server }: Team): { head: Uint8Array; items: Uint8Array } {
  return server.manifests.get([...server.manifests.keys()][0]!)!.at(-1)!;
}

/** Writes a manifest that a member's own program would refuse to write; the server takes it. */
async function writeAs(
  team: Team,
  author: Colleague,
  change: (head: ManifestHead) => Partial<ManifestHead>,
  ek?: Uint8Array,
) {
  const { head: bytes, items } = newestHead(team);
  const before = peekManifest(bytes);
  const own = await author.session.account();
  const next: ManifestHead = {
    ...{ ...before, counter: before.counter + 1, previous: manifestHash(bytes), time: before.time + 1 },
    author: Buffer.from(author.fingerprint, "hex"),
    ...change(before),
  };
  const key = ek ?? own.keys.get(keyName(before.environment, before.epoch))!;
  const head = signManifest(next, own.seeds.sign, deriveKey(key, "ov1/ek/manifest"));
  await author.store.commit(before.environment, before.counter, { head, items }, []);
}

/** An owner, a member of each role, and one who is none. */
async function bigTeam() {
  const team = await newTeam();
  const [reader, writer, admin] = [
    await colleague(team.server),
    await colleague(team.server),
    await colleague(team.server),
  ];
  await join(team, reader, "reader");
  await join(team, writer, "writer");
  await join(team, admin, "admin");
  for (const { session } of [team.owner, reader, writer, admin]) await valueFor(session);
  return { team, reader, writer, admin, stranger: await colleague(team.server) };
}

test("what a permitted member writes in the same way counts", async () => {
  const { team, reader, writer, admin } = await bigTeam();
  await writeAs(team, writer, () => ({}));
  await writeAs(team, admin, ({ members }) => ({ members: members.filter(({ role }) => role !== "reader") }));
  assert.equal(await valueFor(team.owner.session), "sk_live_1");
  assert.equal(await valueFor(writer.session), "sk_live_1");
  await assert.rejects(valueFor(reader.session), { code: "not-permitted" });
});

test("S295 a reader who writes with the server's help is found out by every member", async () => {
  const { team, reader, writer, admin } = await bigTeam();
  await writeAs(team, reader, () => ({}));
  for (const { session } of [team.owner, writer, admin]) await assert.rejects(valueFor(session), DAMAGED);
  await assert.rejects(valueFor(await team.owner.another()), DAMAGED);
});

test("S296 a writer who adds a member, raises a role, drops somebody or turns the keys is found out", async () => {
  const breaches: readonly ((head: ManifestHead, stranger: Buffer, writer: Buffer) => Partial<ManifestHead>)[] = [
    ({ members }, stranger) => ({ members: [...members, { fingerprint: stranger, role: "reader" }] }),
    ({ members }, _, writer) => ({
      members: members.map((each) => (writer.equals(each.fingerprint) ? { ...each, role: "admin" } : each)),
    }),
    ({ members }) => ({ members: members.filter(({ role }) => role !== "reader") }),
    () => ({ tokens: [{ id: newId(), publicKeyHash: randomBuffer(32), expires: 2e12 }] }),
    ({ epoch }) => ({ epoch: epoch + 1 }),
    ({ minProfile }) => ({ minProfile: minProfile + 1 }),
  ];
  const { team, reader, writer, admin, stranger } = await bigTeam();
  const keys = [stranger, writer].map(({ fingerprint }) => Buffer.from(fingerprint, "hex")) as [Buffer, Buffer];
  const list = team.server.manifests.get(environmentOf(team))!;
  for (const [index, breach] of breaches.entries()) {
    await writeAs(team, writer, (head) => breach(head, ...keys));
    for (const { session } of [team.owner, reader, admin]) {
      await assert.rejects(valueFor(session), DAMAGED, `breach ${index}`);
    }
    // Hidden under an honest write of an admin, it is found all the same.
    team.server.manifests.set(environmentOf(team), list);
  }
  await writeAs(team, writer, ({ members }) => ({ members: [...members, { fingerprint: keys[0], role: "reader" }] }));
  await writeAs(team, admin, () => ({}));
  await assert.rejects(valueFor(team.owner.session), DAMAGED);
  await assert.rejects(valueFor(reader.session), DAMAGED);
});

test("S297 a key that the server puts in the place of a member's gets no grant, and signs nothing", async () => {
  const { team, writer, stranger } = await bigTeam();
  const honest = team.server.people.get(stranger.fingerprint)!;
  team.server.tricks.identities = (asked, people) =>
    new Map(
      [...people].map(([name, person]) => [
        name,
        asked.includes(writer.fingerprint) ? { ...honest, account: person.account } : person,
      ]),
    );
  // A store that checks hashes leaves such keys out; that a session verifies signatures is a second bar.
  await put(writer.session, KEY, "by the writer", SHOP);
  await assert.rejects(valueFor(team.owner.session), DAMAGED);
  delete team.server.tricks.identities;
  assert.equal(await valueFor(team.owner.session), "by the writer");
});

test("S298 an invite that was taken without its code is granted nothing, and its maker is told", async () => {
  const team = await newTeam();
  const [bob, eve] = [await colleague(team.server), await colleague(team.server)];
  const forge = async (taken: (mac: Uint8Array, vault: Id) => { who: Colleague; mac: Uint8Array }) => {
    const { code } = await makeInvite(team.owner.session, [SHOP], "reader");
    const keys = await accept(team.server, bob, code);
    const invite = team.server.invited.get(keys.id)!;
    const { who, mac } = taken(invite.accepted!.mac, peekManifest(newestHead(team).head).vault);
    invite.accepted = { account: who.store.account, fingerprint: who.fingerprint, mac };
    const [result] = await confirmInvites(team.owner.session);
    assert.equal(result?.kind, "forged");
    assert.equal(team.server.invited.has(keys.id), false);
    assert.deepEqual(await confirmInvites(team.owner.session), []);
  };
  // Redirected to another account by the server, with the right MAC of the other one; and with a made-up one.
  await forge((mac) => ({ who: eve, mac }));
  await forge(() => ({ who: eve, mac: randomBuffer(32) }));
  const guessed = { id: newId(), proof: randomBuffer(32), offer: randomBuffer(32), mac: randomBuffer(32) };
  await forge((_, vault) => {
    const [inviter, invitee] = [team.owner, eve].map(({ fingerprint }) => Buffer.from(fingerprint, "hex")) as [
      Buffer,
      Buffer,
    ];
    return { who: eve, mac: inviteMac(guessed, inviter, invitee, vault) };
  });
  assert.equal(peekManifest(newestHead(team).head).members.length, 1);
});

test("an invite serves one account, and not its maker's own", async () => {
  const team = await newTeam();
  const [bob, eve] = [await colleague(team.server), await colleague(team.server)];
  const { code } = await makeInvite(team.owner.session, [SHOP], "reader");
  await assert.rejects(accept(team.server, team.owner, code), { code: "argument-invalid", message: /your own/ });
  await accept(team.server, bob, code);
  await accept(team.server, bob, code);
  await assert.rejects(accept(team.server, eve, code), { code: "not-permitted" });
  assert.equal((await eve.session.account()).directory.joining?.length, 0);
});

test("S299 a manifest or key that is not of the inviter's making is not joined", async () => {
  const team = await newTeam();
  const [bob, eve] = [await colleague(team.server), await colleague(team.server)];
  const { code } = await makeInvite(team.owner.session, [SHOP], "reader");
  await accept(team.server, bob, code);
  await confirmInvites(team.owner.session);
  // The server hands out a key of its own, sealed to the right member and signed by somebody it holds the keys of.
  const { vault, environment, epoch } = peekManifest(newestHead(team).head);
  const [granter, holder] = [eve, bob].map(({ fingerprint }) => Buffer.from(fingerprint, "hex")) as [Buffer, Buffer];
  const by = { account: eve.store.account, signSeed: (await eve.session.account()).seeds.sign };
  const kemKey = team.server.people.get(bob.fingerprint)!.kemKey;
  const ek = randomBuffer(32);
  const forged = sealGrant(ek, { vault, environment, epoch, granter, holder, role: "reader" }, { kemKey }, by);
  team.server.tricks.grants = () => [{ epoch, bytes: forged }];
  await assert.rejects(finishJoining(bob.session), DAMAGED);
  // And with it a whole manifest of that somebody's.
  const own = await eve.session.account();
  const mac = deriveKey(ek, "ov1/ek/manifest");
  team.server.tricks.manifest = (by, _, { counter, head, items }) => {
    if (by !== bob.store.account) return { counter, head, items };
    const changed = { ...peekManifest(head), author: granter };
    return { counter, head: signManifest(changed, own.seeds.sign, mac), items };
  };
  await assert.rejects(finishJoining(bob.session), { code: /vault-damaged|rolled-back/ });
  assert.equal((await bob.session.account()).directory.environments.length, 0);
  team.server.tricks.manifest = (_, __, honest) => honest;
  delete team.server.tricks.grants;
  await finishJoining(bob.session);
  assert.equal(await valueFor(bob.session), "sk_live_1");
});

test("S300 a grant is taken only from an admin, in the role that the manifest gives, and as it was sealed", async () => {
  const { team, reader, writer } = await bigTeam();
  await turnEnvironmentEpoch(team.owner.session, SHOP);
  const { vault, environment, epoch } = peekManifest(newestHead(team).head);
  const key = `${environment}/${reader.store.account}`;
  const honest = team.server.kept.get(key)!;
  const [byOwner, byWriter, holder] = [team.owner, writer, reader].map(({ fingerprint }) =>
    Buffer.from(fingerprint, "hex"),
  ) as [Buffer, Buffer, Buffer];
  const signer = async ({ session }: Colleague) => {
    const { account, seeds } = await session.account();
    return { account, signSeed: seeds.sign };
  };
  const kem = team.server.people.get(reader.fingerprint)!;
  const place = { vault, environment, epoch, holder };
  const changed = Buffer.from(honest.at(-1)!.bytes);
  changed[200]! ^= 1;
  const wrong = [
    changed,
    sealGrant(randomBuffer(32), { ...place, granter: byOwner, role: "reader" }, kem, await signer(team.owner)),
    sealGrant(
      (await team.owner.session.account()).keys.get(keyName(environment, epoch))!,
      { ...place, granter: byOwner, role: "admin" },
      kem,
      await signer(team.owner),
    ),
    sealGrant(
      (await team.owner.session.account()).keys.get(keyName(environment, epoch))!,
      { ...place, granter: byWriter, role: "reader" },
      kem,
      await signer(writer),
    ),
  ];
  for (const [index, bytes] of wrong.entries()) {
    team.server.kept.set(key, [{ epoch, bytes }]);
    await assert.rejects(valueFor(reader.session), DAMAGED, `grant ${index}`);
  }
  team.server.kept.set(key, []);
  await assert.rejects(valueFor(reader.session), { code: "not-permitted", message: /newest key/ });
  team.server.kept.set(key, honest);
  assert.equal(await valueFor(reader.session), "sk_live_1");
});

test("S301 after a removal the manifest of before is refused, on each device that saw the new one", async () => {
  const { team, reader, writer } = await bigTeam();
  const before = [...team.server.manifests.get(environmentOf(team))!];
  await removeMember(team.owner.session, SHOP, reader.fingerprint);
  await put(team.owner.session, KEY, "after the removal", SHOP);
  assert.equal(await valueFor(writer.session), "after the removal");
  team.server.manifests.set(environmentOf(team), before);
  for (const { session } of [writer, team.owner]) await assert.rejects(valueFor(session), { code: "rolled-back" });
  // And nobody who was removed goes on from it under the old key, whatever the server takes.
  await writeAs(team, writer, () => ({}));
  await writeAs(team, writer, () => ({}));
  await writeAs(team, writer, () => ({}));
  await assert.rejects(valueFor(team.owner.session), { code: "rolled-back" });
});

test("S302 what an admin wrote before it was removed stays valid, and nothing that it writes afterwards", async () => {
  const { team, admin, writer } = await bigTeam();
  const late = await colleague(team.server);
  await put(admin.session, KEY, "by the admin", SHOP);
  const old = (await admin.session.account()).keys.get(keyName(environmentOf(team), 1))!;
  await removeMember(team.owner.session, SHOP, admin.fingerprint);
  assert.equal(await valueFor(writer.session), "by the admin");
  await join(team, late, "reader");
  assert.equal(await valueFor(late.session), "by the admin");
  await writeAs(team, admin, () => ({}), old);
  for (const { session } of [team.owner, writer, late]) await assert.rejects(valueFor(session), DAMAGED);
  assert.notDeepEqual(
    sha256(old),
    sha256((await team.owner.session.account()).keys.get(keyName(environmentOf(team), 2))!),
  );
});
