import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { pae, preAuthEncoding, u8, u32, u64 } from "#core/crypto/pae.ts";

test("the examples of PASETO's definition of PAE come out as they stand there", () => {
  assert.equal(preAuthEncoding([]).toString("latin1"), "\0\0\0\0\0\0\0\0");
  assert.equal(preAuthEncoding([""]).toString("latin1"), "\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
  assert.equal(preAuthEncoding(["test"]).toString("latin1"), "\x01\0\0\0\0\0\0\0\x04\0\0\0\0\0\0\0test");
});

test("a label is the first piece", () => {
  assert.deepEqual(pae("ov1/x", "y", Uint8Array.of(1)), preAuthEncoding(["ov1/x", "y", Uint8Array.of(1)]));
});

test("S2 every list of pieces has an encoding of its own, from which it can be read back", () => {
  const piece = fc.uint8Array({ maxLength: 40 });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      assert.deepEqual(decoded(preAuthEncoding(pieces)), pieces);
    }),
  );
});

test("S2 moving a byte from one piece to the next changes the encoding", () => {
  assert.notDeepEqual(pae("ov1/x", "ab", "c"), pae("ov1/x", "a", "bc"));
  assert.notDeepEqual(pae("ov1/x", "abc"), pae("ov1/x", "abc", ""));
  assert.notDeepEqual(pae("ov1/x", ""), pae("ov1/x"));
});

test("a string and its UTF-8 are the same piece", () => {
  assert.deepEqual(pae("ov1/x", "é🔑"), pae("ov1/x", Buffer.from("é🔑")));
});

test("a string with half of a surrogate pair is refused, since it would become another string", () => {
  assert.throws(() => pae("ov1/x", "\ud83d"), RangeError);
  assert.throws(() => pae("ov1/x", "a\udd11b"), RangeError);
});

test("a label that is empty or not printable ASCII is refused", () => {
  for (const label of ["", "ov1/é", "ov1/x\n", "ov1 x", "\0"]) assert.throws(() => pae(label), RangeError, label);
});

test("integers are big-endian and of fixed width", () => {
  assert.equal(u8(0xab).toString("hex"), "ab");
  assert.equal(u32(0x01020304).toString("hex"), "01020304");
  assert.equal(u64(0x0102030405).toString("hex"), "0000000102030405");
  assert.equal(u64(Number.MAX_SAFE_INTEGER).toString("hex"), "001fffffffffffff");
  assert.equal(u32(0xffff_ffff).toString("hex"), "ffffffff");
});

test("numbers that do not fit, or are no integers, are refused", () => {
  for (const n of [-1, 256, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) assert.throws(() => u8(n), RangeError);
  for (const n of [-1, 2 ** 32, 1.5]) assert.throws(() => u32(n), RangeError);
  for (const n of [-1, 2 ** 53, 0.1]) assert.throws(() => u64(n), RangeError);
});

function decoded(encoded: Buffer): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let offset = 8;
  for (let left = Number(encoded.readBigUInt64LE(0)); left > 0; left--) {
    const length = Number(encoded.readBigUInt64LE(offset));
    pieces.push(new Uint8Array(encoded.subarray(offset + 8, offset + 8 + length)));
    offset += 8 + length;
  }
  assert.equal(offset, encoded.length);
  return pieces;
}
