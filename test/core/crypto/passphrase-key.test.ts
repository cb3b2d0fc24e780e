import assert from "node:assert/strict";
import { test } from "node:test";
import { argon2id } from "#core/crypto/argon2.ts";
import { sha256 } from "#core/crypto/hash.ts";
import { pae } from "#core/crypto/pae.ts";
import { asKdfProfile, KDF_PROFILES, passphraseKey } from "#core/crypto/passphrase-key.ts";
import { isVaultError } from "#core/vault-error.ts";

const ACCOUNT = Buffer.alloc(16, 1);
const SALT = Buffer.alloc(16, 2);
const key = (password: string | Buffer, profile: 1 | 2 = 1) =>
  passphraseKey(Buffer.from(password), ACCOUNT, SALT, profile);

test("the key is Argon2id of the password under a salt bound to the account, in both engines", async () => {
  const salt = sha256(pae("ov1/salt", ACCOUNT, SALT));
  const made = await key("correct horse");
  assert.equal(made.length, 32);
  for (const engine of ["node", "wasm"] as const) {
    assert.deepEqual(await argon2id(Buffer.from("correct horse"), salt, { t: 1, mKiB: 65_536, p: 4 }, engine), made);
  }
});

test("a password in composed, decomposed or compatibility characters gives one key", async () => {
  const composed = await key("caf\u00e9 \ufb01ne \u2460");
  assert.deepEqual(await key("cafe\u0301 fine 1"), composed);
  assert.deepEqual(await key("\uff43\uff41\uff46\u00e9 fi\uff4ee \u2460"), composed);
});

test("passwords that only look alike, or differ in case, space or a byte order mark, give other keys", async () => {
  const keys = await Promise.all(["cafe", "caf\u00e9", "Cafe", "cafe ", "\ufeffcafe"].map((text) => key(text)));
  assert.equal(new Set(keys.map((each) => each.toString("hex"))).size, keys.length);
});

test("S4 the same password and salt give another key in another account, and under another salt", async () => {
  const [password, other] = [Buffer.from("correct horse"), Buffer.alloc(16, 3)];
  const keys = await Promise.all([
    passphraseKey(password, ACCOUNT, SALT, 1),
    passphraseKey(password, other, SALT, 1),
    passphraseKey(password, ACCOUNT, other, 1),
    // The ids' bytes swapped: what is the account and what is the salt is part of the hash.
    passphraseKey(password, SALT, ACCOUNT, 1),
  ]);
  assert.equal(new Set(keys.map((each) => each.toString("hex"))).size, keys.length);
});

test("S3 only the two compiled-in profiles exist, none below 64 MiB, and any other number is none", async () => {
  for (const n of [0, 3, -1, 1.5, Number.NaN, 255, 2 ** 32 + 1]) assert.equal(asKdfProfile(n), undefined);
  assert.deepEqual([asKdfProfile(1), asKdfProfile(2)], [1, 2]);
  assert.deepEqual(KDF_PROFILES, { 1: { t: 1, mKiB: 65_536, p: 4 }, 2: { t: 3, mKiB: 65_536, p: 4 } });
  assert.notDeepEqual(await key("correct horse", 1), await key("correct horse", 2));
});

test("bytes that are no UTF-8 are refused, not replaced, and the message holds none of them", async () => {
  for (const bytes of [[0xff], [0x70, 0x77, 0xc3], [0xed, 0xa0, 0x80], [0xc0, 0xaf]]) {
    await assert.rejects(key(Buffer.from(bytes)), (error) => {
      assert.ok(isVaultError(error, "argument-invalid"));
      assert.equal(error.cause, undefined);
      return true;
    });
  }
});

test("an empty password is refused", async () => {
  await assert.rejects(key(""), (error) => isVaultError(error, "argument-invalid"));
});

test("account ids and salts of another length are refused", async () => {
  const password = Buffer.from("correct horse");
  await assert.rejects(passphraseKey(password, ACCOUNT.subarray(1), SALT, 1), RangeError);
  await assert.rejects(passphraseKey(password, ACCOUNT, Buffer.alloc(17), 1), RangeError);
});

test("the caller's password is left for the caller to wipe", async () => {
  const password = Buffer.from("correct horse");
  await passphraseKey(password, ACCOUNT, SALT, 1);
  assert.equal(password.toString(), "correct horse");
});
