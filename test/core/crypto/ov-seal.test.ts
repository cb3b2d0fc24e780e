import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sha256 } from "#core/crypto/hash.ts";
import { kemPublicKeyOf } from "#core/crypto/hybrid-kem.ts";
import { type InnerRequest, METHODS, openRequest, readSealHeader, sealRequest } from "#core/crypto/ov-seal.ts";

const seed = sha256(Buffer.from("server key"));
const publicKey = kemPublicKeyOf(seed);
const keyId = Buffer.from("key id 1");
const serverId = sha256(Buffer.from("identity"));
const psk = { id: Buffer.from("a device of mine"), secret: sha256(Buffer.from("psk")) };
const server = { keyId, serverId, seed };
const client = { keyId, serverId, publicKey };
const request: InnerRequest = {
  method: "PUT",
  path: "/environments/00ff?have=3",
  time: 1_700_000_000_000,
  requestId: Buffer.alloc(16, 7),
  body: Buffer.from('{"expected_counter":1}'),
};

test("a call and its answer pass through the seal, in PSK mode and in base mode, whatever they hold", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...METHODS),
      fc.string({ unit: "grapheme", maxLength: 50 }),
      fc.nat(Number.MAX_SAFE_INTEGER),
      fc.uint8Array({ maxLength: 3000 }),
      fc.integer({ min: 100, max: 599 }),
      fc.boolean(),
      (method, path, time, body, status, isBase) => {
        const with_ = isBase ? undefined : psk;
        const call = sealRequest(client, { ...request, method, path, time, body }, with_)!;
        assert.deepEqual(readSealHeader(call.bytes), { keyId, pskId: isBase ? undefined : psk.id });
        const opened = openRequest(call.bytes, server, with_)!;
        assert.deepEqual(
          { ...opened.request, body: Buffer.from(opened.request.body) },
          {
            ...{ method, path, time, requestId: request.requestId, body: Buffer.from(body) },
          },
        );
        const answer = call.openResponse(opened.sealResponse({ status, body }));
        assert.deepEqual(answer, { status, body: Buffer.from(body) });
      },
    ),
    { numRuns: 60 },
  );
});

test("S190 the outer request shows neither path, method nor body, and its size only in powers of two", () => {
  const sizes = new Set<number>();
  for (let length = 0; length < 900; length += 37) {
    const { bytes } = sealRequest(client, { ...request, body: Buffer.alloc(length, "x") }, psk)!;
    for (const part of ["PUT", request.path, "expected_counter", "xxxxxxxx"]) assert.ok(!bytes.includes(part), part);
    sizes.add(bytes.length);
  }
  assert.deepEqual(
    [...sizes],
    [512, 1024].map((plain) => 32 + 1120 + plain + 16),
  );
});

test("S191 a sealed call that was changed in any byte, or is for another server or key, opens to nothing", () => {
  const { bytes } = sealRequest(client, request, psk)!;
  assert.ok(openRequest(bytes, server, psk));
  for (let at = 0; at < bytes.length; at += at < 40 ? 1 : 97) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    assert.equal(readSealHeader(changed) && openRequest(changed, server, psk), undefined, `byte ${at}`);
  }
  const other = sha256(Buffer.from("other"));
  assert.equal(openRequest(bytes, { ...server, serverId: other }, psk), undefined);
  assert.equal(openRequest(bytes, { ...server, seed: other }, psk), undefined);
  assert.equal(openRequest(bytes, server, { ...psk, secret: other }), undefined);
  assert.equal(openRequest(bytes, server, undefined), undefined);
});

test("S192 an answer opens only for the call that it was made for, and only unchanged", () => {
  const [one, two] = [sealRequest(client, request, psk)!, sealRequest(client, request, psk)!];
  const answer = openRequest(one.bytes, server, psk)!.sealResponse({ status: 200, body: Buffer.from("yes") });
  assert.equal(two.openResponse(answer), undefined);
  const changed = Buffer.from(answer);
  changed[changed.length - 1]! ^= 1;
  assert.equal(sealRequest(client, request, psk)!.openResponse(changed), undefined);
  assert.equal(one.openResponse(answer)?.status, 200);
});

test("cut, empty and random bytes are no sealed call", () => {
  const { bytes } = sealRequest(client, request, psk)!;
  for (const cut of [0, 1, 15, 32, 1152, bytes.length - 513])
    assert.equal(readSealHeader(bytes.subarray(0, cut)), undefined);
  assert.equal(openRequest(bytes.subarray(0, bytes.length - 1), server, psk), undefined);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4000 }), (noise) => {
      assert.equal(readSealHeader(noise), undefined);
    }),
  );
});
