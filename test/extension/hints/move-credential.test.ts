import assert from "node:assert/strict";
import { test } from "node:test";
import { parseContext, requireSecretName } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import { type MoveSteps, moveCredential } from "#vscode/hints/move-credential.ts";

const PLACE = { context: parseContext("shop/dev"), name: requireSecretName("PAY_KEY") };
const WRITTEN = { name: PLACE.name, version: 1, weak: false };
const EDITS = [{ start: 0, end: 1, text: "process.env.PAY_KEY + rest" }];

function recorded(changed: Partial<MoveSteps>) {
  const done: string[] = [];
  const steps: MoveSteps = {
    ask: async () => PLACE,
    isUnchanged: () => true,
    store: async () => {
      done.push("store");
      return WRITTEN;
    },
    replacement: () => ({ kind: "edits", edits: EDITS, write: "process.env.PAY_KEY" }),
    apply: async () => {
      done.push("edit");
      return true;
    },
    ...changed,
  };
  return { done, outcome: moveCredential(steps) };
}

test("the text changes after the vault holds the value", async () => {
  const { done, outcome } = recorded({});
  assert.deepEqual(await outcome, { kind: "moved", place: PLACE, written: WRITTEN });
  assert.deepEqual(done, ["store", "edit"]);
});

test("whoever gives up, or types while they are asked, has changed nothing", async () => {
  const cancelled = recorded({ ask: async () => undefined });
  assert.deepEqual(await cancelled.outcome, { kind: "cancelled" });
  const typed = recorded({ isUnchanged: () => false });
  assert.deepEqual(await typed.outcome, { kind: "changed" });
  assert.deepEqual([...cancelled.done, ...typed.done], []);
});

test("where the vault refuses the value, the text stays", async () => {
  const refused = recorded({ store: () => Promise.reject(new VaultError("secret-exists", "It exists.")) });
  await assert.rejects(refused.outcome, { code: "secret-exists" });
  assert.deepEqual(refused.done, []);
});

test("where the text can't be edited, the person learns what to write", async () => {
  const late = recorded({ apply: async () => false });
  const stored = { kind: "stored", place: PLACE, written: WRITTEN };
  assert.deepEqual(await late.outcome, { ...stored, write: "process.env.PAY_KEY" });
  const advised = recorded({ replacement: () => ({ kind: "advice", write: "NAME" }) });
  assert.deepEqual(await advised.outcome, { ...stored, write: "NAME" });
  assert.deepEqual(advised.done, ["store"]);
});
