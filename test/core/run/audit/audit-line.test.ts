import assert from "node:assert/strict";
import { test } from "node:test";
import { asCsv } from "#core/run/audit/audit-line.ts";

const LINE = {
  source: "vault",
  time: 0,
  device: "d",
  seq: 1,
  action: "run",
  names: ["A", "B"],
  outcome: "ok",
} as const;

test("a name that an agent chose is no formula of a spreadsheet, and breaks no row", () => {
  for (const [actor, cell] of [
    ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
    ["@sum", "'@sum"],
    ["a,b", '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ["two\nlines", "two lines"],
    ["agent 1.0", "agent 1.0"],
  ] as const) {
    const row = asCsv([{ ...LINE, actor }], false);
    assert.equal(row, `vault,1970-01-01T00:00:00.000Z,,d,1,,${cell},run,,,A B,,,ok,`);
  }
});

test("the head comes once", () => {
  assert.match(asCsv([], true), /^source,time,received_at,device,/);
  assert.equal(asCsv([], false), "");
});
