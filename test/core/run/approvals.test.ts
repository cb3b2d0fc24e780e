import assert from "node:assert/strict";
import { test } from "node:test";
import { Approvals, type Decision } from "#core/run/approvals.ts";
import type { ApprovalRequest } from "#core/run/vault-access.ts";
import { parseContext, requireSecretName } from "#core/vault/context.ts";

const REQUEST: ApprovalRequest = {
  action: "run",
  client: "claude-code 2.1",
  context: parseContext("shop/dev"),
  names: [requireSecretName("STRIPE_KEY")],
  command: "stripe charges list",
  cwd: "/home/me/shop",
};
const PRODUCTION: ApprovalRequest = { ...REQUEST, context: parseContext("shop/production") };
const signal = new AbortController().signal;

function setUp() {
  let time = 1_000_000;
  let steady = 5;
  let asked = 0;
  const approvals = new Approvals(
    () => time,
    () => steady,
  );
  return {
    approvals,
    asked: () => asked,
    now: () => time,
    pass: (minutes: number) => {
      time += minutes * 60_000;
      steady += minutes * 60_000;
    },
    sleep: (minutes: number) => {
      time += minutes * 60_000;
    },
    setClockBack: (minutes: number) => {
      time -= minutes * 60_000;
    },
    decide: (request: ApprovalRequest, answer?: Decision) =>
      approvals.decide(
        request,
        async () => {
          asked++;
          return answer;
        },
        signal,
      ),
  };
}

test("S38 with no one to ask a use is refused, and the message tells a person what to do", async () => {
  const { approvals } = setUp();
  await assert.rejects(approvals.decide(REQUEST, undefined, signal), {
    code: "approval-required",
    message: /ov approve [0-9a-f]{8}/,
  });
});

test("deny refuses, and the next try asks again", async () => {
  const { decide, asked } = setUp();
  await assert.rejects(decide(REQUEST, "deny"), { code: "denied-by-user" });
  await decide(REQUEST, "once");
  assert.equal(asked(), 2);
});

test("once is used up by one run", async () => {
  const { decide, asked } = setUp();
  await decide(REQUEST, "once");
  await decide(REQUEST, "once");
  assert.equal(asked(), 2);
});

test("this command covers the same command, and nothing that a person did not see", async () => {
  const { decide, asked } = setUp();
  await decide(REQUEST, "command");
  await decide(REQUEST);
  await decide({ ...REQUEST, reason: "other words of the agent" });
  assert.equal(asked(), 1);
  for (const other of [
    { ...REQUEST, command: "stripe charges list; env" },
    { ...REQUEST, cwd: "/tmp" },
    { ...REQUEST, surroundings: "another PATH" },
    { ...REQUEST, client: "other" },
    { ...REQUEST, names: [...REQUEST.names, requireSecretName("OTHER")] },
    { ...REQUEST, context: parseContext("shop/staging") },
    { ...REQUEST, action: "shell" as const },
  ]) {
    await assert.rejects(decide(other, "deny"), { code: "denied-by-user" });
  }
  assert.equal(asked(), 8);
});

test("a time window covers runs of its environment until it ends", async () => {
  const { decide, asked, pass } = setUp();
  await decide(REQUEST, { minutes: 15 });
  await decide({ ...REQUEST, command: "another one" });
  assert.equal(asked(), 1);
  await assert.rejects(decide({ ...REQUEST, context: parseContext("shop/staging") }, "deny"), {
    code: "denied-by-user",
  });
  pass(15);
  await assert.rejects(decide(REQUEST, "deny"), { code: "denied-by-user" });
});

test("S158 a clock that is set back prolongs no time window, and the end that is shown moves with it", async () => {
  const { approvals, decide, pass, setClockBack, now } = setUp();
  await decide(REQUEST, { minutes: 15 });
  pass(5);
  setClockBack(600);
  assert.equal(approvals.standing()[0]!.expiresAt, now() + 10 * 60_000);
  pass(9);
  await decide(REQUEST);
  pass(1);
  assert.deepEqual(approvals.standing(), []);
  await assert.rejects(decide(REQUEST, "deny"), { code: "denied-by-user" });
});

test("a time window ends while the machine sleeps and its steady clock stands still", async () => {
  const { approvals, decide, sleep } = setUp();
  await decide(REQUEST, { minutes: 15 });
  sleep(15);
  assert.deepEqual(approvals.standing(), []);
});

test("a clock that is set back prolongs no pending request and no answer to one", async () => {
  const { approvals, pass, setClockBack } = setUp();
  await assert.rejects(approvals.decide(REQUEST, undefined, signal), { code: "approval-required" });
  setClockBack(600);
  pass(11);
  assert.deepEqual(approvals.pending(), []);
  await assert.rejects(approvals.decide(REQUEST, undefined, signal), { code: "approval-required" });
  approvals.answer(approvals.pending()[0]!.id, "once");
  setClockBack(600);
  pass(11);
  await assert.rejects(approvals.decide(REQUEST, undefined, signal), { code: "approval-required" });
});

test("a time window for runs does not cover a deletion or a write", async () => {
  const { decide, asked } = setUp();
  await decide(REQUEST, { minutes: 15 });
  await decide({ ...REQUEST, action: "delete" }, "once");
  await decide({ ...REQUEST, action: "write" }, "once");
  assert.equal(asked(), 3);
});

test("S39 production asks every time, whatever a person answered before", async () => {
  const { approvals, decide, asked } = setUp();
  for (const answer of ["command", { minutes: 60 }, "once", "command"] as const) {
    await decide(PRODUCTION, answer).catch(() => undefined);
  }
  assert.equal(asked(), 4);
  assert.deepEqual(approvals.standing(), []);
  assert.throws(() => approvals.open(PRODUCTION.context, 15), { code: "denied-by-policy" });
  for (const name of ["prod", "PROD", "production", "live", "eu-prod", "prod_eu", "shop.live"]) {
    const context = parseContext(`shop/${name}`);
    assert.throws(() => approvals.open(context, 15), { code: "denied-by-policy" }, name);
  }
  approvals.open(parseContext("shop/reproduction"), 15);
});

test("a request answered elsewhere is used once by the same request only", async () => {
  const { approvals } = setUp();
  const tryIt = (request: ApprovalRequest) => approvals.decide(request, undefined, signal);
  await assert.rejects(tryIt(PRODUCTION), { code: "approval-required" });
  await assert.rejects(tryIt(PRODUCTION), { code: "approval-required" });
  const [pending, ...more] = approvals.pending();
  assert.equal(more.length, 0);
  assert.deepEqual(pending!.request, PRODUCTION);
  approvals.answer(pending!.id, "once");
  await assert.rejects(tryIt({ ...PRODUCTION, command: "another one" }), { code: "approval-required" });
  await tryIt(PRODUCTION);
  await assert.rejects(tryIt(PRODUCTION), { code: "approval-required" });
  assert.throws(() => approvals.answer("nothere1", "once"), { code: "argument-invalid" });
});

test("a request denied elsewhere is told so on the next try", async () => {
  const { approvals } = setUp();
  await assert.rejects(approvals.decide(REQUEST, undefined, signal), { code: "approval-required" });
  approvals.answer(approvals.pending()[0]!.id, "deny");
  await assert.rejects(approvals.decide(REQUEST, undefined, signal), { code: "denied-by-user" });
});

test("pending requests and answers that nobody used run out", async () => {
  const { approvals, pass } = setUp();
  await assert.rejects(approvals.decide(REQUEST, undefined, signal), { code: "approval-required" });
  pass(11);
  assert.deepEqual(approvals.pending(), []);
  await assert.rejects(approvals.decide(REQUEST, undefined, signal), { code: "approval-required" });
  approvals.answer(approvals.pending()[0]!.id, "once");
  pass(11);
  await assert.rejects(approvals.decide(REQUEST, undefined, signal), { code: "approval-required" });
});

test("a flood of requests does not grow without bound", async () => {
  const { approvals } = setUp();
  for (let count = 0; count < 200; count++) {
    await assert.rejects(approvals.decide({ ...REQUEST, command: `command ${count}` }, undefined, signal), {
      code: "approval-required",
    });
  }
  assert.equal(approvals.pending().length, 50);
  assert.equal(approvals.pending().at(-1)!.request.command, "command 199");
});

test("a project file that nobody has seen is shown, also inside a time window", async () => {
  const { decide, asked } = setUp();
  await decide(REQUEST, { minutes: 15 });
  const projectFile = { path: "/home/me/shop/.ov.yaml", text: "app: shop", hash: "ab" };
  await decide({ ...REQUEST, projectFile }, "once");
  assert.equal(asked(), 2);
});

test("standing approvals are listed and ended", async () => {
  const { approvals, decide } = setUp();
  await decide(REQUEST, "command");
  const window = approvals.open(parseContext("shop/staging"), 60);
  assert.equal(approvals.standing().length, 2);
  approvals.end(window.id);
  assert.equal(approvals.standing().length, 1);
  approvals.end("all");
  await assert.rejects(decide(REQUEST, "deny"), { code: "denied-by-user" });
  assert.throws(() => approvals.end(window.id), { code: "argument-invalid" });
});
