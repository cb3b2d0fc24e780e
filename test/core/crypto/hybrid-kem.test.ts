import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "#core/crypto/hash.ts";
import { decapsulate, encapsulate, KEM_LENGTHS, kemPublicKeyOf } from "#core/crypto/hybrid-kem.ts";
import { hex, readVectors } from "./read-vectors.ts";

interface XWingTest {
  readonly seed: string;
  readonly eseed?: string;
  readonly randomness?: string;
  readonly pk: string;
  readonly ct: string;
  readonly ss: string;
}

const SEED = sha256(Buffer.from("seed"));
const PUBLIC_KEY = kemPublicKeyOf(SEED);
const SENT = encapsulate(PUBLIC_KEY)!;

for (const [file, count] of [
  ["xwing_draft_test-vectors.json", 3],
  ["noble-pq_MLKEM768X25519.json", 10],
] as const) {
  test(`X-Wing agrees with ${file}: public key, encapsulation and secret, both ways`, () => {
    const tests = readVectors<XWingTest[]>(file);
    assert.equal(tests.length, count);
    for (const { seed, eseed, randomness, pk, ct, ss } of tests) {
      assert.equal(kemPublicKeyOf(hex(seed)).toString("hex"), pk);
      assert.equal(decapsulate(hex(seed), hex(ct))?.toString("hex"), ss);
      const sent = encapsulate(hex(pk), hex(eseed ?? randomness!));
      assert.equal(sent?.enc.toString("hex"), ct);
      assert.equal(sent?.secret.toString("hex"), ss);
    }
  });
}

test("both sides get the same 32-byte secret, and another one each time", () => {
  assert.deepEqual(decapsulate(SEED, SENT.enc), SENT.secret);
  assert.equal(SENT.secret.length, KEM_LENGTHS.secret);
  assert.equal(SENT.enc.length, KEM_LENGTHS.enc);
  assert.equal(PUBLIC_KEY.length, KEM_LENGTHS.publicKey);
  assert.notDeepEqual(encapsulate(PUBLIC_KEY)?.secret, SENT.secret);
});

test("S9 a change in either half of the encapsulation, ML-KEM's or X25519's, gives another secret", () => {
  for (const at of [0, 500, 1087, 1088, 1100, 1118]) {
    const changed = Buffer.from(SENT.enc);
    changed[at]! ^= 1;
    const secret = decapsulate(SEED, changed);
    assert.equal(secret?.length, 32);
    assert.notDeepEqual(secret, SENT.secret, `byte ${at}`);
  }
});

test("S9 another key gets another secret", () => {
  assert.notDeepEqual(decapsulate(sha256(SEED), SENT.enc), SENT.secret);
});

test("S9 an encapsulation with a low-order X25519 point is refused, so that the X25519 half always counts", () => {
  const changed = Buffer.from(SENT.enc);
  changed.fill(0, 1088);
  assert.equal(decapsulate(SEED, changed), undefined);
});

test("a public key with coefficients above the modulus, or a low-order X25519 point, is refused", () => {
  const overflowing = Buffer.from(PUBLIC_KEY);
  overflowing.fill(0xff, 0, 3);
  assert.equal(encapsulate(overflowing), undefined);
  const lowOrder = Buffer.from(PUBLIC_KEY);
  lowOrder.fill(0, 1184);
  assert.equal(encapsulate(lowOrder), undefined);
});

test("other lengths are refused: data from outside as undefined, one's own seed as a bug", () => {
  assert.equal(encapsulate(PUBLIC_KEY.subarray(1)), undefined);
  assert.equal(encapsulate(Buffer.concat([PUBLIC_KEY, Buffer.alloc(1)])), undefined);
  assert.equal(decapsulate(SEED, SENT.enc.subarray(1)), undefined);
  assert.equal(decapsulate(SEED, Buffer.alloc(0)), undefined);
  assert.throws(() => decapsulate(SEED.subarray(1), SENT.enc), RangeError);
  assert.throws(() => kemPublicKeyOf(Buffer.alloc(33)), RangeError);
  assert.throws(() => encapsulate(PUBLIC_KEY, Buffer.alloc(32)), RangeError);
});

test("a secret lies in memory of its own", () => {
  assert.equal(SENT.secret.buffer.byteLength, 32);
  assert.equal(decapsulate(SEED, SENT.enc)?.buffer.byteLength, 32);
});
