import assert from "node:assert/strict";
import { test } from "node:test";
import { readYaml } from "#core/import/yaml-file.ts";

const read = (text: string) => readYaml(Buffer.from(text));
const names = (text: string) => read(text).secrets.map(({ from }) => from);
const twiceInLine = (line: number) => new RegExp(`has one name twice; see line ${line}\\. Keep one of them\\.`);

test("a name that stands twice is refused with the line of its second, at the top and at any depth", () => {
  assert.throws(() => read("A: 1\nB: 2\nA: 3\n"), twiceInLine(3));
  assert.throws(() => read("A: 1\nB:\n  C:\n    - D: 1\n      E: 2\n      D: 3\n"), twiceInLine(6));
  assert.throws(() => read("{A: 1,\n B: {C: 1, C: 2}}\n"), twiceInLine(2));
  assert.throws(() => read("A: 1\nB: {C: 1}\n? {X: 1,\n   X: 2}\n: 3\n"), twiceInLine(4));
});

test("names are the same by their letters: with quotes, an anchor, a tag, a question mark, or without letters", () => {
  for (const second of ['"A"', "'A'", "&x A", "!!str A", "? A\n"]) {
    assert.throws(() => read(`A: 1\n${second}: 2\n`), twiceInLine(2));
  }
  assert.throws(() => read(": 1\n: 2\n"), twiceInLine(2));
  assert.deepEqual(names("A: 1\na: 2\n01: 3\n1: 4\n"), ["A", "a", "01", "1"]);
});

test("of several that stand twice, the line is of the first in the file", () => {
  assert.throws(() => read("A:\n  B: 1\n  B: 2\nC: 1\nC: 2\n"), twiceInLine(3));
  assert.throws(() => read("A: 1\nA:\n  B: 1\n  B: 2\n"), twiceInLine(2));
});

test("the same name in different maps is none that stands twice", () => {
  assert.deepEqual(names("A: {X: 1}\nB: {X: 1}\nX: 1\n"), ["X"]);
});

test("of a name that stands twice and of what is no YAML, that which comes first is told", () => {
  assert.throws(() => read("A: 1\nA: 2\nB: [\n"), twiceInLine(2));
  assert.throws(() => read("A: [}\nB: 1\nB: 2\n"), /is not YAML; see line 1\./);
});

test("a merge key is a name like others, twice too; what it and aliases stand for is not taken", () => {
  const { secrets, left } = read("A: &a {B: 1}\n<<: *a\nC: *a\nD: d\n");
  assert.deepEqual(
    secrets.map(({ from }) => from),
    ["D"],
  );
  assert.deepEqual(
    left.map(({ from }) => from),
    ["A", "<<", "C"],
  );
  assert.throws(() => read("A: &a {B: 1}\n<<: *a\n<<: *a\n"), twiceInLine(3));
});

test("aliases of aliases grow to nothing: each is left out as it stands", () => {
  const bomb = ["A0: &a0 [x, x]", ...Array.from({ length: 40 }, (_, i) => `A${i + 1}: &a${i + 1} [*a${i}, *a${i}]`)];
  assert.equal(read(`${bomb.join("\n")}\nB: b\n`).left.length, 41);
});

test("30,000 names are read, and one of them that comes again at the end is found", () => {
  const text = Array.from({ length: 30_000 }, (_, i) => `KEY_${i}: "value ${i}"\n`).join("");
  assert.equal(names(text).length, 30_000);
  assert.throws(() => read(`${text}KEY_0: again\n`), twiceInLine(30_001));
});
