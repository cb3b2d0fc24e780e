import assert from "node:assert/strict";
import "./fakes/vscode-hook.ts";
import { afterEach, before, beforeEach, test } from "node:test";
import { randomBuffer } from "#core/crypto/random.ts";
import { splitCode } from "#core/recovery/code-shares.ts";
import { CODE_BYTES, formatRecoveryCode } from "#core/vault/recovery-code.ts";
import type { Window } from "#vscode/window.ts";
import { mistyped } from "../core/recovery/mistyped.ts";
import { plan, type Reply, shown, unused } from "./fakes/person.ts";

const { registerCommands } = await import("#vscode/commands.ts");
const vscode = await import("vscode");

const CODE = randomBuffer(CODE_BYTES);
const PASSWORD: readonly Reply[] = [{ type: "a new password after all" }, { type: "a new password after all" }];
const NOTED: Reply = { press: "I Have Written It Down" };

let shares: readonly string[];
let others: readonly string[];
/** Codes that the vault was given. */
let given: string[] = [];
before(async () => {
  [shares, others] = (await Promise.all(
    [CODE, randomBuffer(CODE_BYTES)].map(async (code) => (await splitCode(code, 3, 2)).map(({ text }) => text)),
  )) as [string[], string[]];
  const vault = {
    refresh: async () => ({ kind: "locked" }),
    recover: async (code: string) => {
      given.push(code);
      return "THE-NEXT-CODE";
    },
  };
  registerCommands({ vault, extension: { subscriptions: [] }, log: () => {} } as unknown as Window);
});
beforeEach(() => {
  given = [];
});
afterEach(() => assert.deepEqual(unused(), [], "the person had more to say"));

async function recover(...replies: readonly Reply[]): Promise<void> {
  plan(replies);
  await vscode.commands.executeCommand("opaquevault.recoverVault");
}

const share = (all: readonly string[], at: number): Reply => ({ type: all[at]! });

test("the code alone recovers, and a typing error in it is told before anything is tried", async () => {
  const code = formatRecoveryCode(CODE);
  await recover({ type: `${code.slice(0, -1)}${code.endsWith("A") ? "B" : "A"}` }, { type: code }, ...PASSWORD, NOTED);
  assert.deepEqual(given, [code]);
});

test("S376 two of three shares recover as the code does; each mistake is told in the box, and is no try", async () => {
  const typo = mistyped(shares[1]!, shares[1]!.length - 1);
  const wrong: readonly Reply[] = [share(shares, 0), share(others, 1), { type: typo }, { type: "ABCDEF" }];
  await recover(share(shares, 2), ...wrong.slice(1), share(shares, 2), share(shares, 0), ...PASSWORD, NOTED);
  assert.deepEqual(given, [formatRecoveryCode(CODE)]);
  const told = shown.flat().join("\n");
  for (const problem of [
    /and the first is of set/,
    /there is a mistake in group 10 of 10/,
    /You have typed this share already/,
  ])
    assert.match(told, problem);
  for (const text of shares) assert.ok(!told.includes(text), "a share is in no text of the window");
});

test("a person who gives up at any step has tried nothing", async () => {
  const all: readonly Reply[] = [share(shares, 0), share(shares, 1), ...PASSWORD.slice(0, 1)];
  for (let steps = 0; steps <= all.length; steps++) await recover(...all.slice(0, steps), "escape");
  assert.deepEqual(given, []);
});
