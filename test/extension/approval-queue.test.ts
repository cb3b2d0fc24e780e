import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApprovalRequest } from "#core/run/vault-access.ts";
import { requireContext } from "#core/vault/context.ts";
import { ApprovalQueue } from "#vscode/approvals/approval-queue.ts";

const request: ApprovalRequest = {
  action: "run",
  client: "agent",
  context: requireContext("shop", "dev"),
  names: [],
  command: "true",
  cwd: "/",
};
const never = new AbortController().signal;

test("requests wait in their order, and each answer goes to its own", async () => {
  const queue = new ApprovalQueue(60_000);
  const first = queue.ask({ ...request, command: "one" }, never);
  const second = queue.ask({ ...request, command: "two" }, never);
  const [one, two] = queue.waiting;
  assert.equal(one?.request.command, "one");
  assert.equal(queue.answer(two!.id, "once"), true);
  assert.equal(await second, "once");
  assert.deepEqual(
    queue.waiting.map(({ id }) => id),
    [one!.id],
  );
  queue.answer(one!.id, "deny");
  assert.equal(await first, "deny");
});

test("S179 a request that its client cancelled disappears, and can't be answered any more", async () => {
  const queue = new ApprovalQueue(60_000);
  const cancel = new AbortController();
  const answer = queue.ask(request, cancel.signal);
  const [waiting] = queue.waiting;
  cancel.abort(new Error("gone"));
  await assert.rejects(answer, /gone/);
  assert.deepEqual(queue.waiting, []);
  assert.equal(waiting!.gone.aborted, true);
  assert.equal(queue.answer(waiting!.id, "once"), false);
});

test("a request cancelled before it was asked never waits", async () => {
  const queue = new ApprovalQueue(60_000);
  await assert.rejects(queue.ask(request, AbortSignal.abort(new Error("gone"))), /gone/);
  assert.deepEqual(queue.waiting, []);
});

test("without an answer in time nobody was there, which allows nothing", async () => {
  const queue = new ApprovalQueue(5);
  assert.equal(await queue.ask(request, never), undefined);
  assert.deepEqual(queue.waiting, []);
});

test("denying all answers each of them", async () => {
  const queue = new ApprovalQueue(60_000);
  const answers = [queue.ask(request, never), queue.ask(request, never)];
  queue.denyAll();
  assert.deepEqual(await Promise.all(answers), ["deny", "deny"]);
});
