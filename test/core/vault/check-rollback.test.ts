import assert from "node:assert/strict";
import { test } from "node:test";
import { deleteEnvironment } from "#core/vault/apps.ts";
import { checkRollback } from "#core/vault/check-rollback.ts";
import { deleteSecret } from "#core/vault/secret-write.ts";
import { DEV, KEY, newVault, OTHER, PASSWORD, put } from "./fixture.ts";

test("a vault as this device left it shows no rollback, nor does one with a deleted environment", async () => {
  const { session, deps } = await newVault();
  await put(session, KEY, "one");
  await checkRollback(deps);
  await deleteSecret(session, DEV, KEY);
  await deleteEnvironment(session, DEV);
  session.lock();
  await checkRollback(deps);
});

for (const [part, rollBack] of [
  ["the account file", async ({ store }) => void store.accounts.pop()],
  ["an environment", async ({ store }) => [...store.manifests.values()].at(-1)!.pop()],
  ["the audit log", async ({ store }) => [...store.audit.values()].at(-1)!.pop()],
] satisfies readonly (readonly [string, (vault: Awaited<ReturnType<typeof newVault>>) => Promise<unknown>])[]) {
  test(`without the password, ${part} that was rolled back is noticed`, async () => {
    const vault = await newVault();
    await put(vault.session, KEY, "one");
    await vault.session.changePassword(PASSWORD, PASSWORD);
    await put(vault.session, OTHER, "two");
    vault.session.lock();
    await checkRollback(vault.deps);
    await rollBack(vault);
    await assert.rejects(checkRollback(vault.deps), {
      code: "rolled-back",
      message: new RegExp(`${part} is .*ov vault accept-restore`),
    });
  });
}
