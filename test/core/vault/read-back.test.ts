import assert from "node:assert/strict";
import { test } from "node:test";
import { writeDrafts } from "#core/vault/secret-write.ts";
import { DEV, KEY, newVault } from "./fixture.ts";

test("a write whose stored value is not the one that was given is an error", async () => {
  const { session, store } = await newVault();
  const value = Buffer.from("as it was given");
  const commit = store.commit.bind(store);
  store.commit = async (...written) => {
    await commit(...written);
    value.write("as it is");
  };
  await assert.rejects(writeDrafts(session, DEV, "create", [{ name: KEY, value }]), {
    code: "store-failed",
    message: /^(?!.*as it).*KEY.*ov doctor/s,
  });
});

test("a write that the store keeps other bytes of is an error", async () => {
  const { session, store } = await newVault();
  const commit = store.commit.bind(store);
  store.commit = async (...written) => {
    await commit(...written);
    for (const record of store.records.values()) record[record.length - 1]! ^= 1;
  };
  await assert.rejects(writeDrafts(session, DEV, "create", [{ name: KEY, value: Buffer.from("a value") }]), {
    code: "vault-damaged",
  });
});
