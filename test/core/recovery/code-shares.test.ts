import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { formatGroups, parseGroups } from "#core/recovery/checked-groups.ts";
import { combineShares, readShare, splitCode } from "#core/recovery/code-shares.ts";
import { mistyped } from "./mistyped.ts";

async function split(shares = 3, threshold = 2) {
  const code = randomBytes(20);
  return { code, shares: (await splitCode(code, shares, threshold)).map(({ text }) => text) };
}

test("any two of three shares give the code back, in any order, and so do all", async () => {
  const { code, shares } = await split();
  const [a, b, c] = shares as [string, string, string];
  for (const some of [
    [a, b],
    [b, a],
    [a, c],
    [c, b],
    [a, b, c],
    [a, a, b],
  ]) {
    assert.deepEqual(await combineShares(some), code);
  }
  const more = await split(16, 9);
  assert.deepEqual(await combineShares(more.shares.slice(3, 12)), more.code);
});

test("S287 too few shares, shares of two sets, and one with a typing error give no code", async () => {
  const { code, shares } = await split();
  const other = (await splitCode(code, 3, 2)).map(({ text }) => text);
  await assert.rejects(combineShares([]), /takes 2 different shares/);
  await assert.rejects(combineShares([shares[0]!]), /there is 1/);
  await assert.rejects(combineShares([shares[0]!, shares[0]!]), /there is 1/);
  await assert.rejects(combineShares([shares[0]!, other[1]!]), /not of one set/);
  const typo = mistyped(shares[1]!, 0);
  await assert.rejects(combineShares([shares[0]!, typo]), /mistake in group 1 of 10/);
  const three = await split(5, 3);
  await assert.rejects(
    combineShares(three.shares.slice(0, 2)),
    /takes 3 different shares of this set, and there are 2/,
  );
});

test("a share of somebody's own making, with the right set and checksum, gives an error and no code", async () => {
  const { shares } = await split();
  const typed = parseGroups(shares[1]!, 35, "ov1/recovery-share-check");
  assert.ok(typed.kind === "right");
  typed.bytes[20]! ^= 1;
  const forged = formatGroups(typed.bytes, "ov1/recovery-share-check");
  await assert.rejects(combineShares([shares[0]!, forged]), /not what was handed out/);
});

test("one share says its set, and nothing of the code", async () => {
  const code = Buffer.alloc(20, 0x41);
  const shares = await splitCode(code, 3, 2);
  assert.match(shares[0]!.set, /^[0-9A-F]{8}$/);
  assert.equal(new Set(shares.map(({ set }) => set)).size, 1);
  for (const { text, set } of shares) {
    assert.deepEqual(readShare(text), { set, threshold: 2, shares: 3 });
    const typed = parseGroups(text, 35, "ov1/recovery-share-check");
    assert.ok(typed.kind === "right" && !typed.bytes.includes(code.subarray(0, 4)));
  }
});

test("numbers that make no sense are refused", async () => {
  const code = randomBytes(20);
  for (const [shares, threshold] of [
    [1, 1],
    [3, 1],
    [2, 3],
    [17, 2],
    [2.5, 2],
    [Number.NaN, 2],
  ] as const) {
    await assert.rejects(splitCode(code, shares, threshold), { code: "argument-invalid" });
  }
});
