import assert from "node:assert/strict";
import { test } from "node:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "#core/crypto/hash.ts";
import { publicKeyOf, sign, verify } from "#core/crypto/signature.ts";
import { hex, wycheproof } from "./read-vectors.ts";

interface EddsaTest {
  readonly tcId: number;
  readonly msg: string;
  readonly sig: string;
  readonly result: "valid" | "invalid";
}

const SEED = sha256(Buffer.from("seed"));
const MESSAGE = Buffer.from("a manifest");

test("S8 of Wycheproof's 151 signatures exactly the valid ones are accepted: none malleable, cut or padded", () => {
  const tests = wycheproof<EddsaTest, { publicKey: { pk: string } }>("wycheproof_ed25519_test.json");
  assert.equal(tests.length, 151);
  for (const { tcId, msg, sig, result, group } of tests) {
    assert.equal(verify(hex(group.publicKey.pk), hex(sig), hex(msg)), result === "valid", `test ${tcId}`);
  }
});

test("the first two examples of RFC 8032 §7.1 come out as they stand there", () => {
  const seed1 = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  assert.equal(publicKeyOf(seed1).toString("hex"), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  assert.equal(
    sign(seed1, Buffer.alloc(0)).toString("hex"),
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  );
  const seed2 = hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  assert.equal(
    sign(seed2, hex("72")).toString("hex"),
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  );
});

test("S8 a signature holds for its message and key only", () => {
  const [publicKey, signature] = [publicKeyOf(SEED), sign(SEED, MESSAGE)];
  assert.equal(verify(publicKey, signature, MESSAGE), true);
  assert.equal(verify(publicKey, signature, Buffer.from("A manifest")), false);
  assert.equal(verify(publicKeyOf(sha256(SEED)), signature, MESSAGE), false);
  for (const at of [0, 31, 32, 63]) {
    const changed = Buffer.from(signature);
    changed[at]! ^= 1;
    assert.equal(verify(publicKey, changed, MESSAGE), false);
  }
});

test("S8 the key of order 1, under which one signature fits every message, is refused", () => {
  const identity = Buffer.alloc(32);
  identity[0] = 1;
  const signature = Buffer.concat([identity, Buffer.alloc(32)]);
  assert.equal(ed25519.verify(signature, MESSAGE, identity, { zip215: true }), true, "ZIP 215 would accept it");
  assert.equal(verify(identity, signature, MESSAGE), false);
});

test("keys and signatures of other lengths are false, not an exception", () => {
  const [publicKey, signature] = [publicKeyOf(SEED), sign(SEED, MESSAGE)];
  for (const length of [0, 31, 33]) assert.equal(verify(resized(publicKey, length), signature, MESSAGE), false);
  for (const length of [0, 63, 65]) assert.equal(verify(publicKey, resized(signature, length), MESSAGE), false);
  assert.equal(verify(Buffer.alloc(32, 0xff), signature, MESSAGE), false);
});

test("a seed of another length is refused", () => {
  for (const length of [0, 31, 33, 64]) {
    assert.throws(() => publicKeyOf(resized(SEED, length)));
    assert.throws(() => sign(resized(SEED, length), MESSAGE));
  }
});

function resized(bytes: Buffer, length: number): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(64)]).subarray(0, length);
}
