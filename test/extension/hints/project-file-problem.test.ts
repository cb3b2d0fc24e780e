import assert from "node:assert/strict";
import { test } from "node:test";
import { projectFileProblem } from "#vscode/hints/project-file-problem.ts";

test("a problem of a project file is told with its line", () => {
  assert.equal(projectFileProblem("app: shop\nenvironment: dev\n"), undefined);
  assert.equal(projectFileProblem("app: shop\nenv: dev\nenvironment: dev\n")?.line, 2);
  assert.equal(projectFileProblem("app: shop\nsecrets: [A, B-C]\n")?.line, 1);
  assert.deepEqual(projectFileProblem("# nothing\n"), { line: 0, what: "the file is empty" });
  assert.equal(projectFileProblem("app: [\n")?.line, 1);
});

test("S184 a problem in a project file is told without quoting the file", () => {
  const value = "sk_live_4eC39HqLyjWDarjtT1zdp7dc";
  const texts = [
    `${value}: x`,
    `"a\\". ${value} known": 1`,
    `app: "${value} ${value}"`,
    `secrets: ["${value} "]`,
    `secrets: ${value}`,
    `commands: ${value}`,
    `commands: {"${value}": ${value}}`,
    `app: &${value} x`,
    `app: *${value}`,
    `app: "${value}`,
    `? [${value}]\n: x`,
  ];
  for (const text of texts) {
    const what = projectFileProblem(text)?.what;
    assert.ok(what, text);
    assert.doesNotMatch(what, /sk_live|4eC39|zdp7dc/, text);
  }
});
