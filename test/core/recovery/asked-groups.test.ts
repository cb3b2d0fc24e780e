import assert from "node:assert/strict";
import { test } from "node:test";
import { askTwoGroups } from "#core/recovery/asked-groups.ts";

const CODE = "0A1B2C-111111-222222-333333-444444-555555";

test("two different groups are asked for in their order, and each of them at some time", () => {
  const asked = Array.from({ length: 300 }, () => askTwoGroups(CODE));
  for (const groups of asked) {
    assert.equal(groups.length, 2);
    assert.ok(groups[0]!.at < groups[1]!.at);
    assert.deepEqual([...new Set(groups.map(({ of }) => of))], [6]);
  }
  assert.deepEqual([...new Set(asked.flat().map(({ at }) => at))].sort(), [1, 2, 3, 4, 5, 6]);
});

test("a group is right as it stands on the paper or as a person types it, and no other one is", () => {
  const groups = CODE.split("-");
  for (const { at, isRight } of Array.from({ length: 50 }, () => askTwoGroups(CODE)).flat()) {
    const right = groups[at - 1]!;
    assert.ok(isRight(right));
    assert.ok(isRight(` ${right.toLowerCase().replaceAll("0", "o").replaceAll("1", "l")} `));
    for (const wrong of ["", right.slice(1), CODE, groups[at % groups.length]!]) assert.ok(!isRight(wrong), wrong);
  }
});
