import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { equal, hmacSha256, sha256 } from "#core/crypto/hash.ts";
import { hex, wycheproof } from "./read-vectors.ts";

interface MacTest {
  readonly tcId: number;
  readonly key: string;
  readonly msg: string;
  readonly tag: string;
  readonly result: "valid" | "invalid";
}

test("HMAC-SHA256 agrees with all of Wycheproof's tests, truncated tags and changed ones included", () => {
  const tests = wycheproof<MacTest, { tagSize: number }>("wycheproof_hmac_sha256_test.json");
  assert.equal(tests.length, 174);
  for (const { tcId, key, msg, tag, result, group } of tests) {
    const made = hmacSha256(hex(key), hex(msg)).subarray(0, group.tagSize / 8);
    assert.equal(equal(made, hex(tag)), result === "valid", `test ${tcId}`);
  }
});

test("HMAC-SHA256 is OpenSSL's for keys and messages of every length around the edges of its blocks and buffers", () => {
  const lengths = [0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 959, 960, 961, 1024, 5000];
  for (const keyLength of lengths) {
    for (const length of lengths) {
      const [key, message] = [Buffer.alloc(keyLength, 0xa7), Buffer.alloc(length, 0x5a)];
      const expected = createHmac("sha256", key).update(message).digest();
      const whole = hmacSha256(key, message);
      assert.deepEqual(whole, expected, `${keyLength}, ${length}`);
      assert.deepEqual(hmacSha256(key, message.subarray(0, 40), message.subarray(40)), expected);
      assert.deepEqual(whole, expected, "a later one leaves it as it is");
      assert.ok(key.every((byte) => byte === 0xa7) && message.every((byte) => byte === 0x5a), "inputs stay");
    }
  }
});

test("SHA-256 of the example of FIPS 180-2", () => {
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assert.equal(sha256(Buffer.from("abc")).toString("hex"), abc);
});

test("parts are hashed in a row", () => {
  const [a, b] = [Buffer.from("ab"), Buffer.from("c")];
  assert.deepEqual(sha256(a, b), sha256(Buffer.from("abc")));
  assert.deepEqual(hmacSha256(a, a, b), hmacSha256(a, Buffer.from("abc")));
});

test("equal is true for the same bytes only, and false for other lengths", () => {
  const bytes = sha256();
  assert.equal(equal(bytes, Buffer.from(bytes)), true);
  assert.equal(equal(bytes, bytes.subarray(1)), false);
  assert.equal(equal(bytes, Buffer.alloc(0)), false);
  for (const at of [0, 15, 31]) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    assert.equal(equal(bytes, changed), false);
  }
});
