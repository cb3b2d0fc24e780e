import assert from "node:assert/strict";
import { test } from "node:test";
import { decapsulate, encapsulate, kemPublicKeyOf } from "#core/crypto/hybrid-kem.ts";
import { randomBuffer } from "#core/crypto/random.ts";
import { nativeDecapsulator } from "../../api-server/sealed/native-kem.ts";
import { hex, readVectors } from "../core/crypto/read-vectors.ts";

const native = nativeDecapsulator();

for (const file of ["xwing_draft_test-vectors.json", "noble-pq_MLKEM768X25519.json"]) {
  test(`the server's own X-Wing agrees with ${file}`, () => {
    for (const { seed, ct, ss } of readVectors<{ seed: string; ct: string; ss: string }[]>(file)) {
      assert.equal(native(hex(seed), hex(ct))?.toString("hex"), ss);
    }
  });
}

test("the server's X-Wing and core's give the same, also for what was changed on its way", () => {
  for (let round = 0; round < 10; round++) {
    const seed = randomBuffer(32);
    const { enc, secret } = encapsulate(kemPublicKeyOf(seed))!;
    assert.deepEqual(native(seed, enc), secret);
    for (const at of [0, 1087, 1088, 1119]) {
      const changed = Buffer.from(enc);
      changed[at]! ^= 1;
      assert.notDeepEqual(native(seed, changed), secret);
      assert.deepEqual(native(seed, changed), decapsulate(seed, changed));
    }
    const lowOrder = Buffer.concat([enc.subarray(0, 1088), Buffer.alloc(32)]);
    assert.equal(native(seed, lowOrder), undefined);
    assert.equal(native(seed, enc.subarray(1)), undefined);
  }
});
