import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { open, seal } from "#core/crypto/aead.ts";
import { sha256 } from "#core/crypto/hash.ts";
import { hex, wycheproof } from "./read-vectors.ts";

interface AeadTest {
  readonly tcId: number;
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
  readonly result: "valid" | "invalid";
}

interface Sizes {
  readonly ivSize: number;
  readonly keySize: number;
}

const TESTS = wycheproof<AeadTest, Sizes>("wycheproof_aes_gcm_test.json");
const isOurs = ({ keySize, ivSize }: Sizes) => keySize === 256 && ivSize === 96;

test("AES-256-GCM agrees with Wycheproof's tests of 256-bit keys and 96-bit nonces", () => {
  const tests = TESTS.filter(({ group }) => isOurs(group));
  assert.equal(tests.length, 66);
  for (const { tcId, key, iv, aad, msg, ct, tag, result } of tests) {
    const opened = open(hex(key), hex(iv), hex(aad), hex(ct + tag));
    assert.equal(opened?.toString("hex"), result === "valid" ? msg : undefined, `test ${tcId}`);
    if (result !== "valid") continue;
    assert.equal(seal(hex(key), hex(iv), hex(aad), hex(msg)).toString("hex"), ct + tag, `test ${tcId}`);
  }
});

test("every other size of key or nonce in Wycheproof's tests is refused, valid or not", () => {
  const tests = TESTS.filter(({ group }) => !isOurs(group));
  assert.equal(tests.length, TESTS.length - 66);
  for (const { tcId, key, iv, aad, msg, ct, tag } of tests) {
    assert.throws(() => seal(hex(key), hex(iv), hex(aad), hex(msg)), RangeError, `test ${tcId}`);
    assert.throws(() => open(hex(key), hex(iv), hex(aad), hex(ct + tag)), RangeError, `test ${tcId}`);
  }
});

const KEY = sha256(Buffer.from("key"));
const NONCE = KEY.subarray(0, 12);
const AAD = Buffer.from("what it is");
const SECRET = Buffer.from("a value of some length");

test("what was sealed opens to the same bytes, the empty value included", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 100 }), (plaintext, aad) => {
      const sealed = seal(KEY, NONCE, aad, plaintext);
      assert.equal(sealed.length, plaintext.length + 16);
      assert.deepEqual(new Uint8Array(open(KEY, NONCE, aad, sealed)!), plaintext);
    }),
  );
});

test("S1 a change of any single bit of ciphertext, tag, nonce, key or AAD opens to nothing", () => {
  const sealed = seal(KEY, NONCE, AAD, SECRET);
  for (const changed of eachBitFlipped(sealed)) assert.equal(open(KEY, NONCE, AAD, changed), undefined);
  for (const changed of eachBitFlipped(NONCE)) assert.equal(open(KEY, changed, AAD, sealed), undefined);
  for (const changed of eachBitFlipped(KEY)) assert.equal(open(changed, NONCE, AAD, sealed), undefined);
  for (const changed of eachBitFlipped(AAD)) assert.equal(open(KEY, NONCE, changed, sealed), undefined);
  assert.deepEqual(open(KEY, NONCE, AAD, sealed), SECRET);
});

test("S1 what is cut at any length, or has a byte more, opens to nothing", () => {
  const sealed = seal(KEY, NONCE, AAD, SECRET);
  for (let length = 0; length < sealed.length; length++) {
    assert.equal(open(KEY, NONCE, AAD, sealed.subarray(0, length)), undefined);
    assert.equal(open(KEY, NONCE, AAD, sealed.subarray(sealed.length - length)), undefined);
  }
  assert.equal(open(KEY, NONCE, AAD, Buffer.concat([sealed, Buffer.alloc(1)])), undefined);
});

test("a plaintext lies in memory of its own, so that wiping it wipes nothing else", () => {
  const opened = open(KEY, NONCE, AAD, seal(KEY, NONCE, AAD, SECRET));
  assert.equal(opened?.buffer.byteLength, SECRET.length);
});

function* eachBitFlipped(bytes: Uint8Array): Generator<Buffer> {
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    yield changed;
  }
}
