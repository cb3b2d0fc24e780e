import assert from "node:assert/strict";
import { test } from "node:test";
import type { SecretInfo } from "#core/run/vault-access.ts";
import { parseContext, requireSecretName } from "#core/vault/context.ts";
import { Filter } from "#vscode/tree/filter.ts";
import { inRanges } from "#vscode/tree/ranges.ts";
import { ageOf, secretRow } from "#vscode/tree/row.ts";

const NOW = Date.UTC(2026, 10, 1);
const DAY = 86_400_000;
const DEV = parseContext("shop/development");

function secret(name: string, more: Partial<SecretInfo> = {}): SecretInfo {
  return {
    ...{ name: requireSecretName(name), version: 3, createdAt: NOW - 90 * DAY, updatedAt: NOW - 5 * DAY },
    ...{ description: "", tags: [], allowedHosts: [], weak: false, deleted: false, canary: false },
    ...more,
  };
}

test("a row has the version, the age and the tags, and a plain icon where nothing is wrong", () => {
  const row = secretRow(secret("STRIPE_KEY", { tags: ["billing", "test"] }), NOW);
  assert.deepEqual(row, {
    ...{ name: "STRIPE_KEY", version: 3, changed: { count: 5, unit: "day" }, tags: ["billing", "test"] },
    ...{ description: "", marks: [], icon: { id: "key" } },
  });
});

test("a decoy counts for more than an exposed value, that for more than a due one, and that for more than a weak one", () => {
  const due = { rotateAfterDays: 5 };
  const exposed = { exposed: { since: NOW, why: "left in 1 file" } };
  const marks = (more: Partial<SecretInfo>) => secretRow(secret("KEY", more), NOW).marks;
  assert.deepEqual(marks({ ...due, weak: true, canary: true }), ["decoy", "rotation-due", "weak"]);
  assert.deepEqual(marks({ ...due, ...exposed, weak: true }), ["exposed", "rotation-due", "weak"]);
  const icons = [{ canary: true, ...exposed }, { ...exposed, ...due }, { ...due, weak: true }, { weak: true }, {}].map(
    (more) => secretRow(secret("KEY", more), NOW).icon.id,
  );
  assert.equal(new Set(icons).size, 5);
});

test("a rotation is due on its day and not before, and never where none is asked for", () => {
  assert.deepEqual(secretRow(secret("KEY", { rotateAfterDays: 6 }), NOW).marks, []);
  assert.deepEqual(secretRow(secret("KEY", { rotateAfterDays: 6 }), NOW + DAY).marks, ["rotation-due"]);
  assert.deepEqual(secretRow(secret("KEY"), NOW + 900 * DAY).marks, []);
});

test("an age is told in the unit that says something, and a clock that went back says now", () => {
  const ages = [0, 59 * 60_000, 3 * 3_600_000, 40 * DAY, 100 * DAY, 900 * DAY].map((ms) => ageOf(NOW - ms, NOW));
  assert.deepEqual(
    ages.map(({ count, unit }) => `${count} ${unit}`),
    ["0 minute", "59 minute", "3 hour", "40 day", "3 month", "2 year"],
  );
  assert.deepEqual(ageOf(NOW + DAY, NOW), { count: 0, unit: "minute" });
});

test("S168 what an agent writes into tags and descriptions can hide nothing in a row", () => {
  const row = secretRow(secret("KEY", { tags: ["safe\u202egnp"], description: "line\nbreak\u200b" }), NOW);
  assert.deepEqual(row.tags, ["safe\\u{202e}gnp"]);
  assert.equal(row.description, "line break\\u{200b}");
});

test("a filter finds words in names, tags and contexts, whatever their case", () => {
  const secrets = [secret("STRIPE_KEY", { tags: ["Billing"] }), secret("DATABASE_URL"), secret("PIN")];
  const names = (text: string) => new Filter(text).matching(DEV, secrets).map(({ name }) => name);
  assert.deepEqual(names("stripe"), ["STRIPE_KEY"]);
  assert.deepEqual(names(" BILL "), ["STRIPE_KEY"]);
  assert.deepEqual(names("shop dev url"), ["DATABASE_URL"]);
  assert.deepEqual(names("shop/dev"), ["STRIPE_KEY", "DATABASE_URL", "PIN"]);
  assert.deepEqual(names("stripe url"), []);
  assert.deepEqual(names("production"), []);
  assert.equal(new Filter("  ").isOff, true);
  assert.equal(new Filter("a").isOff, false);
});

test("the words of a filter are marked in the name, apart from each other", () => {
  const marked = (text: string) => new Filter(text).highlights("STRIPE_TEST_KEY");
  assert.deepEqual(marked("key stripe"), [
    [0, 6],
    [12, 15],
  ]);
  assert.deepEqual(marked("stri ripe billing"), [[0, 6]]);
  assert.deepEqual(marked("billing"), []);
});

test("very many secrets are cut into parts that hold each of them once, in their order", () => {
  const numbers = Array.from({ length: 10_234 }, (_, index) => index);
  const ranges = inRanges(numbers);
  assert.equal(ranges.length, 21);
  assert.deepEqual(ranges.flat(), numbers);
  assert.ok(ranges.every(({ length }) => length > 0 && length <= 500));
  assert.deepEqual(inRanges(numbers.slice(0, 1000)), [numbers.slice(0, 1000)]);
  assert.deepEqual(inRanges([]), [[]]);
});

test("ten thousand secrets become rows of which a filter takes the right ones, in their order", () => {
  const secrets = Array.from({ length: 10_000 }, (_, index) => secret(`KEY_${String(index).padStart(5, "0")}`));
  const found = new Filter("key_0999").matching(DEV, secrets);
  assert.deepEqual(
    found.map((info) => secretRow(info, NOW).name),
    secrets.slice(9990).map(({ name }) => name),
  );
});
