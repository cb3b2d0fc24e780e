import assert from "node:assert/strict";
import { test } from "node:test";
import type { SecretInfo } from "#core/run/vault-access.ts";
import { parseContext, requireSecretName } from "#core/vault/context.ts";
import { generateValue } from "#mcp/generate-value.ts";
import { isWorthImporting, planImport, replacedBy } from "#vscode/commands/import/import-plan.ts";
import { GENERATED_KINDS, KIND_NAMES } from "#vscode/commands/secrets/generated-kinds.ts";
import { revealText } from "#vscode/commands/secrets/reveal-text.ts";
import {
  asWords,
  lineCount,
  typedProblem,
  typedWarning,
  withoutOwnLineEnd,
} from "#vscode/commands/secrets/value-checks.ts";

test("every kind and length that is offered can be generated", async () => {
  for (const kind of KIND_NAMES) {
    const { options, lengths } = GENERATED_KINDS[kind];
    const all = lengths.length === 0 ? [undefined] : lengths.filter((length) => length !== 4096); // slow, and bits of rsa
    for (const length of all)
      assert.ok((await generateValue({ ...options, length })).length >= 16, `${kind} ${length}`);
  }
});

test("a value that is typed is neither empty nor too long", () => {
  assert.equal(typedProblem(""), "empty");
  assert.equal(typedProblem("é".repeat(32_769)), "too-long");
  assert.equal(typedProblem("é".repeat(32_768)), undefined);
});

test("a weak value, and spaces around one, are told while it is typed", () => {
  assert.equal(typedWarning("secret"), "weak");
  assert.equal(typedWarning(" sk_live_51Hq8ZrTnW3"), "outer-space");
  assert.equal(typedWarning("sk_live_51Hq8ZrTnW3"), undefined);
});

test("a copied line loses its own end, and several lines lose nothing", () => {
  assert.equal(withoutOwnLineEnd("token\n"), "token");
  assert.equal(withoutOwnLineEnd("token\r\n"), "token");
  assert.equal(withoutOwnLineEnd("one\ntwo\n"), "one\ntwo\n");
  assert.equal(withoutOwnLineEnd("\n"), "\n");
  assert.equal(lineCount("one\ntwo\n"), 2);
});

test("words are parted by commas, spaces or both, and stand once", () => {
  assert.deepEqual(asWords(" a, b,,a\tc "), ["a", "b", "c"]);
  assert.deepEqual(asWords("  "), []);
});

test("a value is revealed with nothing hidden in it", () => {
  assert.deepEqual(revealText(Buffer.from("one\r\n\ttwo")), { kind: "text", shown: "one\n\ttwo" });
  assert.deepEqual(revealText(Buffer.from("a\u202eb")), { kind: "text", shown: "a\\u{202e}b" });
  assert.deepEqual(revealText(Buffer.from([0xff, 0x00])), { kind: "binary" });
  assert.deepEqual(revealText(Buffer.from("x\n".repeat(60))), { kind: "long", lines: 61 });
  assert.deepEqual(revealText(Buffer.from("x".repeat(5000))), { kind: "long", lines: 1 });
});

const [FRESH, SAME, CHANGED, UNKNOWN, BAIT] = ["FRESH", "SAME", "CHANGED", "UNKNOWN", "BAIT"].map(requireSecretName);

function info(name: string, canary = false): SecretInfo {
  return {
    ...{ name: requireSecretName(name), version: 1, createdAt: 0, updatedAt: 0, description: "", tags: [] },
    ...{ allowedHosts: [], weak: false, deleted: false, canary },
  };
}

test("an import says of each name what would happen, and holds no value", () => {
  const names = [FRESH!, SAME!, CHANGED!, UNKNOWN!, BAIT!];
  const drafts = names.map((name) => ({
    ...{ name, from: `my ${name}` },
    value: Buffer.from(name === FRESH ? "1234" : "hunter2-hunter2"),
  }));
  const context = parseContext("shop/dev");
  const known = [info("SAME"), info("CHANGED"), info("UNKNOWN"), info("BAIT", true)];
  const rows = planImport(
    { context, group: "p-dev", drafts },
    known,
    new Map([
      [drafts[1]!, true],
      [drafts[2]!, false],
    ]),
  );
  assert.ok(rows.every((row) => row.group === "p-dev" && row.from === `my ${row.name}` && !row.isDecoy));
  assert.deepEqual(
    rows.map(({ name, state, weak, bytes }) => ({ name, state, weak, bytes })),
    [
      { name: "FRESH", state: "new", weak: true, bytes: 4 },
      { name: "SAME", state: "same", weak: false, bytes: 15 },
      { name: "CHANGED", state: "changed", weak: false, bytes: 15 },
      { name: "UNKNOWN", state: "exists", weak: false, bytes: 15 },
      { name: "BAIT", state: "decoy", weak: false, bytes: 15 },
    ],
  );
  assert.ok(!Object.values(rows[1]!).some((each) => Buffer.isBuffer(each)));
  const wanted = rows.filter(isWorthImporting);
  assert.deepEqual(
    wanted.map(({ name }) => name),
    ["FRESH", "CHANGED", "UNKNOWN"],
  );
  assert.deepEqual(
    replacedBy(wanted).map(({ name }) => name),
    ["CHANGED", "UNKNOWN"],
  );
});
