import assert from "node:assert/strict";
import { test } from "node:test";
import type { InputRequiredResult } from "@modelcontextprotocol/server";
import { FORM_KEY, type FormAnswer, type Round, SuspendedCalls } from "#mcp/suspended-calls.ts";

const FORM = { mode: "form", message: "?", requestedSchema: { type: "object", properties: {} } } as const;
const never = new AbortController().signal;
const first: Round = { signal: never, responses: undefined };
const accepted: Round = { signal: never, responses: { [FORM_KEY]: { action: "accept", content: { yes: true } } } };

const stateOf = (result: unknown): string => (result as InputRequiredResult).requestState!;
const done = (answers: readonly FormAnswer[]) => ({
  content: [],
  structuredContent: { answers: answers.map(({ kind }) => kind) },
});

async function untilAborted(signal: AbortSignal): Promise<never> {
  while (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 1));
  throw new Error("ended");
}

test("a call that asks twice gets each answer for its own form", async () => {
  const calls = new SuspendedCalls();
  const one = await calls.start("id", first, async (show) => done([await show(FORM), await show(FORM)]));
  const two = await calls.resume(stateOf(one), "id", accepted);
  assert.notEqual(stateOf(one), stateOf(two));
  const end = await calls.resume(stateOf(two), "id", { signal: never, responses: {} });
  assert.deepEqual(end.structuredContent, { answers: ["accepted", "none"] });
});

test("S66 a late answer to one form does not answer the next", async () => {
  const calls = new SuspendedCalls(30);
  let shown = 0;
  const one = await calls.start("id", first, async (show) => {
    const answers: FormAnswer[] = [];
    for (shown = 1; shown <= 2; shown++) answers.push(await show(FORM));
    return done(answers);
  });
  while (shown < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  const end = await calls.resume(stateOf(one), "id", accepted);
  assert.deepEqual(end.structuredContent, { answers: ["none", "none"] });
});

test("a call is cancelled by the round that is under way, and not by one that has ended", async () => {
  const calls = new SuspendedCalls();
  const rounds = [new AbortController(), new AbortController()] as const;
  const one = await calls.start("id", { ...first, signal: rounds[0].signal }, async (show, signal) => {
    await show(FORM);
    return untilAborted(signal);
  });
  rounds[0].abort();
  const second = calls.resume(stateOf(one), "id", { ...accepted, signal: rounds[1].signal });
  rounds[1].abort();
  await assert.rejects(second, /ended/);
});

test("closing ends calls that wait and calls that work", async () => {
  const calls = new SuspendedCalls();
  let ended = 0;
  const works = (signal: AbortSignal) => untilAborted(signal).finally(() => ended++);
  await calls.start("waits", first, async (show, signal) => {
    await show(FORM).finally(() => ended++);
    return works(signal);
  });
  const working = calls.start("works", first, (_, signal) => works(signal));
  const rejected = assert.rejects(working);
  await calls.close();
  assert.equal(ended, 2);
  await rejected;
});
