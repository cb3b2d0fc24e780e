import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "#core/crypto/hash.ts";
import { deriveKey, expand, extract } from "#core/crypto/hkdf.ts";
import { pae } from "#core/crypto/pae.ts";
import { hex, wycheproof } from "./read-vectors.ts";

interface HkdfTest {
  readonly tcId: number;
  readonly ikm: string;
  readonly salt: string;
  readonly info: string;
  readonly size: number;
  readonly okm: string;
  readonly result: "valid" | "invalid";
}

test("HKDF agrees with all of Wycheproof's tests, those of RFC 5869 included", () => {
  const tests = wycheproof<HkdfTest>("wycheproof_hkdf_sha256_test.json");
  assert.equal(tests.length, 86);
  for (const { tcId, ikm, salt, info, size, okm, result } of tests) {
    const derive = () => expand(extract(hex(salt), hex(ikm)), hex(info), size).toString("hex");
    if (result === "valid") assert.equal(derive(), okm, `test ${tcId}`);
    else assert.throws(derive, RangeError, `test ${tcId}`);
  }
});

test("a derived key is HKDF-Expand of the label's PAE, 32 bytes", () => {
  const key = sha256(Buffer.from("a key"));
  assert.deepEqual(deriveKey(key, "ov1/kek/wrap"), expand(key, pae("ov1/kek/wrap"), 32));
});

test("S7 each purpose has a key of its own: another label or another key gives another one", () => {
  const labels = [
    ...["ov1/kek/wrap", "ov1/kek/auth", "ov1/kek/commit", "ov1/ak/wrap", "ov1/ak/meta"],
    ...["ov1/ek/wrap", "ov1/ek/index", "ov1/ek/manifest", "ov1/ek/audit"],
  ];
  const keys = [sha256(), sha256(sha256())];
  const derived = keys.flatMap((key) => labels.map((label) => deriveKey(key, label).toString("hex")));
  assert.equal(new Set(derived).size, labels.length * keys.length);
});

test("a short key is refused, since leaving out Extract would be wrong for it", () => {
  assert.throws(() => deriveKey(Buffer.alloc(31), "ov1/x"), RangeError);
  assert.throws(() => deriveKey(Buffer.alloc(0), "ov1/x"), RangeError);
});

test("lengths that HKDF cannot give are refused", () => {
  for (const length of [-1, 0.5, 8161, Number.NaN]) {
    assert.throws(() => expand(sha256(), Buffer.alloc(0), length), RangeError);
  }
  assert.equal(expand(sha256(), Buffer.alloc(0), 0).length, 0);
});
