import assert from "node:assert/strict";
import { test } from "node:test";
import { newId } from "#core/crypto/random.ts";
import { localAccess } from "#core/run/local-access.ts";
import type { AuditRecord } from "#core/run/vault-access.ts";
import { parseContext, requireContext, requireSecretName } from "#core/vault/context.ts";
import { DEV, KEY, newVault, OTHER, PASSWORD, put, STAGING } from "../../vault/fixture.ts";

const WRONG = Buffer.from("wrong horse battery");
const yes = async () => "once" as const;

async function setting() {
  const { session } = await newVault();
  await put(session, KEY, "value one");
  const access = localAccess(session, { idleMs: 60_000 });
  /** The entries that an action leaves. */
  const left = async (act: () => Promise<unknown>): Promise<readonly AuditRecord[]> => {
    const before = (await access.audit()).length;
    await act().catch(() => {});
    return (await access.audit()).slice(before);
  };
  return { access, left };
}

test("S279 everything that is done with a vault, or refused, leaves an entry with who, what and where", async () => {
  const { access, left } = await setting();
  const request = { action: "run", client: "codex 0.9", context: DEV, command: "deploy", cwd: "/" } as const;
  const run = async () => {
    const lease = await access.lease(request, yes);
    await access.settle(lease.id, { exitCode: 3, outcome: "ended", redactions: 0 });
  };
  const spare = requireSecretName("SPARE");
  const draft = { name: spare, value: Buffer.from("spare") };
  const cases: readonly [string, () => Promise<unknown>, readonly string[]][] = [
    ["a run", run, ["codex 0.9 run ok", "codex 0.9 run-ended ended"]],
    ["a refused run", () => access.lease(request, async () => "deny"), ["codex 0.9 run denied-by-user"]],
    ["one that nobody answered", () => access.lease(request), ["codex 0.9 run approval-required"]],
    ["an answer", async () => access.answer((await access.pending())[0]!.id, "deny"), ["owner approve deny"]],
    ["a reveal", () => access.reveal(DEV, KEY, undefined, PASSWORD), ["owner reveal ok"]],
    ["a wrong password", () => access.prove(WRONG), ["owner unlock-failed wrong-password"]],
    ["a window", () => access.preapprove(DEV, 5, PASSWORD), ["owner approve 5 minutes"]],
    ["its end", () => access.endApproval("all"), ["owner approve ended"]],
    ["a write", () => access.write(DEV, "create", [draft]), ["owner write ok"]],
    ["a rename", () => access.rename(DEV, spare, OTHER), ["owner rename ok"]],
    ["a deletion", () => access.delete(DEV, OTHER), ["owner delete ok"]],
    ["its undoing", () => access.undelete(DEV, OTHER), ["owner undelete ok"]],
    ["a rollback", () => access.rollback(DEV, OTHER, 1), ["owner write ok", "owner rollback ok: to 1"]],
    ["a purge", () => access.purge(DEV, KEY, 1), ["owner purge ok"]],
    [
      "a rotation",
      () => access.rotate({ kind: "begin", id: newId(), name: KEY, contexts: [DEV] }),
      ["owner rotate begun"],
    ],
    ["new keys", () => access.turnEpoch(DEV), ["owner turn-epoch ok"]],
    ["an environment", () => access.createEnvironment(STAGING), ["owner create-environment ok"]],
    [
      "a copy",
      () => access.copy(DEV, [KEY], STAGING, PASSWORD),
      ["owner write ok, with the master password", "owner copy ok: to shop/staging"],
    ],
    [
      "a comparison",
      () => access.compare([DEV, STAGING], PASSWORD),
      ["owner compare ok: with shop/staging", "owner compare ok: with shop/dev"],
    ],
    ["an app", () => access.createApp(requireContext("cart", "x").app), ["owner create-app ok"]],
    ["its end, too", () => access.deleteApp(requireContext("cart", "x").app), ["owner delete-app ok"]],
  ];
  for (const [what, act, expected] of cases) {
    const entries = await left(act);
    assert.deepEqual(
      entries.map(({ actor, action, outcome }) => `${actor} ${action} ${outcome}`),
      expected,
      what,
    );
    for (const entry of entries) assert.match(entry.device, /^[0-9a-f]{32}$/);
  }
  const [ran] = await access.audit({ action: "run" });
  assert.deepEqual([ran!.context, ran!.names, ran!.commandHash?.length], ["shop/dev", [KEY], 64]);
});

test("a write that was approved for a client is that client's in the log, and the next one is the owner's again", async () => {
  const { access, left } = await setting();
  const request = { client: "claude-code 2.1", context: DEV, names: [KEY], command: "update KEY", cwd: "/" };
  await access.approve({ ...request, action: "write" }, yes);
  const write = () => access.write(DEV, "update", [{ name: KEY, value: Buffer.from("value two") }]);
  assert.equal((await left(write))[0]!.actor, "claude-code 2.1");
  assert.equal((await left(write))[0]!.actor, "owner");
  await access.approve({ ...request, action: "delete" }, yes);
  assert.equal((await left(() => access.delete(DEV, KEY)))[0]!.actor, "claude-code 2.1");
});

test("an approval for an environment that isn't there yet is an entry too", async () => {
  const { access, left } = await setting();
  const request = { client: "codex 0.9", names: [KEY], command: "create KEY", cwd: "/", action: "write" } as const;
  const [entry] = await left(() => access.approve({ ...request, context: parseContext("new/dev") }, yes));
  assert.deepEqual([entry!.actor, entry!.outcome], ["codex 0.9", "ok: write (new/dev)"]);
});
