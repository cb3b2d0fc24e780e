import assert from "node:assert/strict";
import { test } from "node:test";
import { hmacSha256, sha256 } from "#core/crypto/hash.ts";
import { deriveKey } from "#core/crypto/hkdf.ts";
import { newId, randomBuffer } from "#core/crypto/random.ts";
import { keyBuffer, unpooled, wipe } from "#core/crypto/wipe.ts";
import { asId } from "#core/store/store.ts";

test("wipe overwrites every buffer it is given, and takes undefined", () => {
  const [a, b] = [Buffer.from("secret"), new Uint8Array([1, 2, 3])];
  wipe(a, undefined, b);
  assert.deepEqual([...a, ...b], new Array(9).fill(0));
});

test("wiping a view leaves what lies around it", () => {
  const whole = Buffer.from("abcdef");
  wipe(whole.subarray(2, 4));
  assert.equal(whole.toString(), "ab\0\0ef");
});

test("a copy has memory of its own: to wipe one leaves the other", () => {
  const original = Buffer.from("secret");
  const copy = unpooled(original);
  wipe(original);
  assert.equal(copy.toString(), "secret");
});

test("keys, hashes, copies and random bytes never share memory with anything else", () => {
  const key = randomBuffer(32);
  for (const buffer of [key, keyBuffer(5), unpooled(key), sha256(key), hmacSha256(key), deriveKey(key, "ov1/x")]) {
    assert.equal(buffer.buffer.byteLength, buffer.length);
  }
});

test("random bytes and ids differ each time, and ids are ids", () => {
  assert.notDeepEqual(randomBuffer(16), randomBuffer(16));
  const ids = Array.from({ length: 1000 }, newId);
  assert.equal(new Set(ids).size, 1000);
  for (const id of ids) assert.equal(asId(id), id);
});
