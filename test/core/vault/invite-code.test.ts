import assert from "node:assert/strict";
import { test } from "node:test";
import { newId, randomBuffer } from "#core/crypto/random.ts";
import {
  formatInviteCode,
  inviteKeys,
  inviteMac,
  isInviteMac,
  openOffer,
  parseInviteCode,
  sealOffer,
} from "#core/vault/invite-code.ts";

const code = { secret: randomBuffer(16), serverId: randomBuffer(32), url: "https://vault.example.com" };
const text = formatInviteCode(code);

test("an invite code says where to go, also after a mail program broke its line", () => {
  assert.match(text, /^ovi1_[A-Za-z0-9_-]+$/);
  assert.deepEqual(parseInviteCode(text), code);
  assert.deepEqual(parseInviteCode(` ${text.slice(0, 40)}\r\n ${text.slice(40)}\n`), code);
});

test("S291 an invite code with a typing error is told as such, and goes nowhere", () => {
  for (let at = 5; at < text.length; at++) {
    const other = text[at] === "A" ? "B" : "A";
    const typo = text.slice(0, at) + other + text.slice(at + 1);
    assert.throws(() => parseInviteCode(typo), { code: "argument-invalid", message: /typing error/ }, `digit ${at}`);
  }
  for (const cut of [text.slice(0, -1), `${text}A`, "ovi1_", text.slice(0, 30)]) {
    assert.throws(() => parseInviteCode(cut), { code: "argument-invalid", message: /typing error/ });
  }
  assert.throws(() => parseInviteCode(text.replace("ovi1_", "ovt1_")), { message: /begin with ovi1_/ });
});

test("what comes of a code's secret is the same again, and of another secret all of it is another", () => {
  const [keys, other] = [inviteKeys(code.secret), inviteKeys(randomBuffer(16))];
  assert.deepEqual(inviteKeys(code.secret), keys);
  for (const name of ["id", "proof", "offer", "mac"] as const) assert.notDeepEqual(keys[name], other[name]);
  assert.equal(new Set([keys.id, ...[keys.proof, keys.offer, keys.mac].map((key) => key.toString("hex"))]).size, 4);
});

test("an offer opens under its code only, and shows no length", () => {
  const keys = inviteKeys(code.secret);
  const sealed = sealOffer(keys, Buffer.from("my-saas/production"));
  assert.equal(openOffer(keys, sealed)?.toString(), "my-saas/production");
  assert.equal(openOffer(inviteKeys(randomBuffer(16)), sealed), undefined);
  assert.equal(openOffer(keys, sealed.subarray(0, -1)), undefined);
  assert.equal(openOffer(keys, Buffer.alloc(4)), undefined);
  assert.equal(sealOffer(keys, Buffer.from("a")).length, sealOffer(keys, Buffer.alloc(200, "a")).length);
});

test("an acceptance is bound to the code, to both identities and to the vault", () => {
  const [keys, inviter, invitee, vault] = [inviteKeys(code.secret), randomBuffer(32), randomBuffer(32), newId()];
  const mac = inviteMac(keys, inviter, invitee, vault);
  assert.equal(isInviteMac(keys, mac, inviter, invitee, vault), true);
  assert.equal(isInviteMac(keys, mac, invitee, inviter, vault), false);
  assert.equal(isInviteMac(keys, mac, inviter, randomBuffer(32), vault), false);
  assert.equal(isInviteMac(keys, mac, inviter, invitee, newId()), false);
  assert.equal(isInviteMac(inviteKeys(randomBuffer(16)), mac, inviter, invitee, vault), false);
});
