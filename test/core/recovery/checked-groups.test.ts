import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { formatGroups, parseGroups } from "#core/recovery/checked-groups.ts";
import { formatRecoveryCode, parseRecoveryCode } from "#core/vault/recovery-code.ts";

const LABEL = "ov1/test";

test("groups come back in any case, with or without dashes, and with the letters that people mistake", () => {
  for (const length of [20, 35]) {
    const bytes = randomBytes(length);
    const text = formatGroups(bytes, LABEL);
    assert.match(text, /^(?:[0-9A-Z]{6}-)+[0-9A-Z]{6}$/);
    for (const typed of [
      text,
      text.toLowerCase(),
      text.replaceAll("-", ""),
      text.replaceAll("-", "  "),
      text.replaceAll("0", "O").replaceAll("1", "l"),
    ]) {
      assert.deepEqual(parseGroups(typed, length, LABEL), { kind: "right", bytes });
    }
  }
});

test("S286 a code with one wrong or two swapped characters is refused, and the mistake's group is named", () => {
  const text = formatRecoveryCode(randomBytes(20));
  let named = 0;
  let tried = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "-") continue;
    const wrong = text[at] === "7" ? "8" : "7";
    const swapped = text[at + 1] === undefined || text[at + 1] === "-" || text[at + 1] === text[at];
    const typos = [text.slice(0, at) + wrong + text.slice(at + 1)];
    if (!swapped) typos.push(text.slice(0, at) + text[at + 1] + text[at] + text.slice(at + 2));
    for (const typo of typos) {
      tried++;
      const group = Math.floor(at / 7) + 1;
      assert.throws(
        () => parseRecoveryCode(typo),
        (error: Error) => {
          assert.match(error.message, /Nothing was tried/);
          assert.ok(!error.message.includes(typo.slice(0, 6)), "no piece of the code is told");
          if (error.message.includes(`mistake in group ${group} of 6`)) named++;
          return true;
        },
      );
    }
  }
  // One in a thousand may fit another group's mistake too, and then none is named.
  assert.ok(named >= tried - 2, `${named} of ${tried}`);
});

test("a group that is cut, too long, or has a letter that no code has is named", () => {
  const groups = formatRecoveryCode(randomBytes(20)).split("-");
  for (const change of [
    (g: string) => g.slice(1),
    (g: string) => `${g}7`,
    (g: string) => `U${g.slice(1)}`,
    (g: string) => `!${g.slice(1)}`,
  ]) {
    const typed = groups.map((group, at) => (at === 3 ? change(group) : group)).join("-");
    assert.throws(() => parseRecoveryCode(typed), /mistake in group 4 of 6/);
  }
});

test("where several groups are wrong none is named, and an empty or another text is no code", () => {
  const groups = formatRecoveryCode(Buffer.alloc(20, 9)).split("-");
  const typed = groups.map((group, at) => (at < 3 ? [...group].reverse().join("") : group)).join("-");
  assert.throws(() => parseRecoveryCode(typed), /something in it differs/);
  for (const text of ["", "hello", groups.slice(1).join("-"), "7".repeat(36)]) {
    assert.throws(() => parseRecoveryCode(text), { code: "wrong-password" }, text);
  }
});
