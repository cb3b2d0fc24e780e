// The two halves of X-Wing as the library gives them, each against its own standard's tests: hybrid-kem.ts builds on both.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { x25519 } from "@noble/curves/ed25519.js";
import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import { hex, readBytes, readNamedHex, readVectors, wycheproof } from "./read-vectors.ts";

interface MlKemTest {
  readonly tcId: number;
  readonly seed: string;
  readonly ek: string;
  readonly dk: string;
  readonly m: string;
  readonly c: string;
  readonly K: string;
  readonly result: "valid" | "invalid";
}

interface Acvp<Test> {
  readonly testGroups: readonly { readonly function?: string; readonly tests: readonly Test[] }[];
}

test("ML-KEM-768 makes the keys of Wycheproof's seeds", () => {
  const tests = wycheproof<MlKemTest>("wycheproof_mlkem_768_keygen_seed_test.json");
  assert.equal(tests.length, 100);
  for (const { tcId, seed, ek, dk } of tests) {
    const { publicKey, secretKey } = ml_kem768.keygen(hex(seed));
    assert.deepEqual([toHex(publicKey), toHex(secretKey)], [ek, dk], `test ${tcId}`);
  }
});

test("ML-KEM-768 opens what Wycheproof's seeds can open, and refuses other lengths", () => {
  const tests = wycheproof<MlKemTest>("wycheproof_mlkem_768_test.json");
  assert.equal(tests.length, 193);
  for (const { tcId, seed, c, K, result } of tests) {
    const decapsulate = () => toHex(ml_kem768.decapsulate(hex(c), ml_kem768.keygen(hex(seed)).secretKey));
    agrees(decapsulate, K, result, tcId);
  }
});

test("ML-KEM-768 encapsulates as Wycheproof does, and refuses keys above the modulus", () => {
  const tests = wycheproof<MlKemTest>("wycheproof_mlkem_768_encaps_test.json");
  assert.equal(tests.length, 265);
  for (const { tcId, m, ek, c, K, result } of tests) {
    const encapsulate = () => {
      const { cipherText, sharedSecret } = ml_kem768.encapsulate(hex(ek), hex(m));
      return toHex(cipherText) + toHex(sharedSecret);
    };
    agrees(encapsulate, c + K, result, tcId);
  }
});

test("ML-KEM-768 refuses Wycheproof's damaged private keys", () => {
  const tests = wycheproof<MlKemTest>("wycheproof_mlkem_768_semi_expanded_decaps_test.json");
  assert.equal(tests.length, 9);
  for (const { tcId, dk, c, K, result } of tests) {
    agrees(() => toHex(ml_kem768.decapsulate(hex(c), hex(dk))), K, result, tcId);
  }
});

test("ML-KEM-768 agrees with NIST's ACVP tests of key generation", () => {
  const file = readVectors<Acvp<{ d: string; z: string; ek: string; dk: string }>>(
    "acvp_ML-KEM-768-keyGen-FIPS203.json",
  );
  const tests = file.testGroups.flatMap((group) => group.tests);
  assert.equal(tests.length, 25);
  for (const { d, z, ek, dk } of tests) {
    const { publicKey, secretKey } = ml_kem768.keygen(hex(d + z));
    assert.deepEqual([toHex(publicKey), toHex(secretKey)], [ek.toLowerCase(), dk.toLowerCase()]);
  }
});

test("ML-KEM-768 agrees with NIST's ACVP tests of encapsulation, decapsulation and key checks", () => {
  interface Test {
    readonly tcId: number;
    readonly ek: string;
    readonly dk: string;
    readonly m: string;
    readonly c: string;
    readonly k: string;
    readonly testPassed: boolean;
  }
  const ran: Record<string, number> = {};
  for (const group of readVectors<Acvp<Test>>("acvp_ML-KEM-768-encapDecap-FIPS203.json").testGroups) {
    for (const { tcId, ek, dk, m, c, k, testPassed } of group.tests) {
      const name = group.function!;
      ran[name] = (ran[name] ?? 0) + 1;
      if (name === "encapsulation") {
        const { cipherText, sharedSecret } = ml_kem768.encapsulate(hex(ek), hex(m));
        assert.deepEqual([toHex(cipherText), toHex(sharedSecret)], [c.toLowerCase(), k.toLowerCase()], `test ${tcId}`);
      } else if (name === "decapsulation") {
        assert.equal(toHex(ml_kem768.decapsulate(hex(c), hex(dk))), k.toLowerCase(), `test ${tcId}`);
      } else {
        const use =
          name === "encapsulationKeyCheck"
            ? () => ml_kem768.encapsulate(hex(ek))
            : () => ml_kem768.decapsulate(new Uint8Array(1088), hex(dk));
        if (testPassed) use();
        else assert.throws(use, `test ${tcId}`);
      }
    }
  }
  assert.deepEqual(ran, {
    encapsulation: 25,
    decapsulation: 10,
    decapsulationKeyCheck: 10,
    encapsulationKeyCheck: 10,
  });
});

for (const name of ["intermediate", "unluckysample", "strcmp"]) {
  // Their d and z are from before the final FIPS 203 and give other keys; dk, c and K are as they should be.
  test(`ML-KEM-768 opens CCTV's ${name}`, () => {
    const { dk, c, K } = readNamedHex(`cctv_ML-KEM-768_${name}.txt`);
    assert.equal(toHex(ml_kem768.decapsulate(c!, dk!)), toHex(K!));
  });
}

test("ML-KEM-768 refuses all of CCTV's keys with one coefficient above the modulus", () => {
  const keys = gunzipSync(readBytes("cctv_ML-KEM-768_modulus.txt.gz")).toString("ascii").trim().split("\n");
  assert.equal(keys.length, 780);
  for (const key of keys) assert.throws(() => ml_kem768.encapsulate(hex(key)));
});

test("X25519 agrees with Wycheproof's tests, and refuses every point that gives a secret of zeros", () => {
  interface XdhTest {
    readonly tcId: number;
    readonly flags: readonly string[];
    readonly public: string;
    readonly private: string;
    readonly shared: string;
  }
  const tests = wycheproof<XdhTest>("wycheproof_x25519_test.json");
  assert.equal(tests.length, 518);
  for (const { tcId, flags, shared, ...keys } of tests) {
    const agree = () => toHex(x25519.getSharedSecret(hex(keys.private), hex(keys.public)));
    if (flags.includes("ZeroSharedSecret")) assert.throws(agree, `test ${tcId}`);
    else assert.equal(agree(), shared, `test ${tcId}`);
  }
});

function agrees(compute: () => string, expected: string, result: "valid" | "invalid", tcId: number): void {
  if (result === "valid") assert.equal(compute(), expected, `test ${tcId}`);
  else assert.throws(compute, `test ${tcId}`);
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
