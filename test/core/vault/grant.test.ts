import assert from "node:assert/strict";
import { test } from "node:test";
import { newId, randomBuffer } from "#core/crypto/random.ts";
import { type GrantPlace, openGrant, peekGrant, sealGrant } from "#core/vault/grant.ts";
import { fingerprint, newIdentity, publicIdentity } from "#core/vault/identity.ts";

function somebody() {
  const seeds = newIdentity();
  const account = newId();
  const identity = publicIdentity(seeds);
  return { account, seeds, identity, fingerprint: fingerprint(account, identity) };
}

const [admin, member, stranger] = [somebody(), somebody(), somebody()];
const place: GrantPlace = {
  ...{ vault: newId(), environment: newId(), epoch: 3 },
  ...{ granter: admin.fingerprint, holder: member.fingerprint, role: "writer" },
};
const ek = randomBuffer(32);
const grant = sealGrant(ek, place, member.identity, { account: admin.account, signSeed: admin.seeds.sign });
const granter = { account: admin.account, signKey: admin.identity.signKey };

test("a member opens the environment's key that an admin granted", () => {
  assert.deepEqual(openGrant(grant, place, member.seeds.kem, granter), ek);
  assert.deepEqual(peekGrant(grant), { account: admin.account, epoch: 3 });
});

test("S290 a grant fits one vault, environment, epoch, granter, holder and role, and no byte of it can change", () => {
  const others: readonly Partial<GrantPlace>[] = [
    ...[{ vault: newId() }, { environment: newId() }, { epoch: 4 }, { role: "admin" as const }],
    ...[{ role: "token" as const }, { granter: stranger.fingerprint }, { holder: stranger.fingerprint }],
  ];
  for (const other of others) {
    assert.throws(() => openGrant(grant, { ...place, ...other }, member.seeds.kem, granter), { code: "vault-damaged" });
  }
  for (let at = 0; at < grant.length; at += 7) {
    const changed = Buffer.from(grant);
    changed[at]! ^= 1;
    assert.throws(() => openGrant(changed, place, member.seeds.kem, granter), { code: "vault-damaged" }, `byte ${at}`);
  }
  for (const cut of [grant.subarray(0, -1), Buffer.concat([grant, Buffer.alloc(1)]), Buffer.alloc(0)]) {
    assert.throws(() => openGrant(cut, place, member.seeds.kem, granter), { code: "vault-damaged" });
  }
});

test("a grant that the member itself or a stranger signed is none of the admin's", () => {
  for (const forger of [member, stranger]) {
    const forged = sealGrant(ek, place, member.identity, { account: admin.account, signSeed: forger.seeds.sign });
    assert.throws(() => openGrant(forged, place, member.seeds.kem, granter), { code: "vault-damaged" });
  }
});

test("nobody but the holder opens a grant", () => {
  assert.throws(() => openGrant(grant, place, stranger.seeds.kem, granter), { code: "vault-damaged" });
});

test("a public key that is none gets no grant", () => {
  const to = { kemKey: Buffer.alloc(1216, 0xff) };
  const by = { account: admin.account, signSeed: admin.seeds.sign };
  assert.throws(() => sealGrant(ek, place, to, by), { code: "vault-damaged" });
});
