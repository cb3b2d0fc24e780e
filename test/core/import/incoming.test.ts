import assert from "node:assert/strict";
import { test } from "node:test";
import { type FilePlace, placesOf, placesOfExport, sendPlaces } from "#core/import/incoming.ts";
import { nameAll, twinsOf } from "#core/import/name-secrets.ts";
import { parseContext, requireSecretName } from "#core/vault/context.ts";

const [DEV, PRODUCTION] = [parseContext("shop/dev"), parseContext("shop/production")];
const KEY = requireSecretName("KEY");

function entry(from: string, group?: string, description?: string) {
  return {
    ...{ from, wanted: from, value: Buffer.from(`value of ${from}`), tags: ["t".repeat(80)] },
    ...(group === undefined ? {} : { group }),
    ...(description === undefined ? {} : { description }),
  };
}

test("a file's places keep their secrets apart, and comments come along only if they are wanted", () => {
  const secrets = [entry("A", "one", "a note".repeat(300)), entry("B"), entry("C", "one")];
  const named = nameAll({ secrets, left: [], notes: [] });
  const [one, none] = placesOf(named, true);
  assert.deepEqual([one?.group, one?.drafts.map(({ name }) => name)], ["one", ["A", "C"]]);
  assert.deepEqual([none?.group, none?.drafts.map(({ name }) => name)], [undefined, ["B"]]);
  assert.equal(one?.drafts[0]?.description?.length, 1000);
  assert.equal(one?.drafts[0]?.tags?.[0]?.length, 64);
  assert.ok(placesOf(named, false).every(({ drafts }) => drafts.every((draft) => !("description" in draft))));
});

test("entries of one place that would have one name are told; those of two places are not", () => {
  const named = nameAll({
    secrets: [entry("db/key", "one"), entry("db-key", "one"), entry("db key", "two")],
    left: [],
    notes: [],
  });
  assert.deepEqual(
    twinsOf(named).map((twins) => twins.map(({ from }) => from)),
    [["db/key", "db-key"]],
  );
});

test("no two values are sent to one name, and no environment gets more than it can hold", () => {
  const places = placesOfExport([
    { context: DEV, secrets: [{ name: KEY, value: Buffer.from("one") }] },
    { context: PRODUCTION, secrets: [{ name: KEY, value: Buffer.from("two") }] },
  ]);
  assert.deepEqual(
    places.map(({ group }) => group),
    ["shop/dev", "shop/production"],
  );
  assert.throws(() => sendPlaces(places, () => DEV), /would both write shop\/dev\/KEY/);
  const sent = sendPlaces(places, ({ group }) => (group === "shop/dev" ? PRODUCTION : undefined));
  assert.deepEqual(
    sent.map(({ context, group }) => [context, group]),
    [[PRODUCTION, "shop/dev"]],
  );
  const many = Array.from({ length: 10_001 }, (_, at) => ({
    ...{ name: requireSecretName(`K${at}`), from: `K${at}` },
    value: Buffer.from("x"),
  }));
  const tooMany: readonly FilePlace[] = [{ drafts: many }];
  assert.throws(() => sendPlaces(tooMany, () => DEV), { code: "limit-exceeded" });
  assert.deepEqual(
    sendPlaces([{ drafts: [] }], () => DEV),
    [],
    "an empty place makes no environment",
  );
});
