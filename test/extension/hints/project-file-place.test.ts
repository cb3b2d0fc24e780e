import assert from "node:assert/strict";
import { test } from "node:test";
import { namedContext, projectFilePlace, usedKeys } from "#vscode/hints/project-file-place.ts";

/** The place at the bar. */
function at(marked: string): string | undefined {
  const before = marked.slice(0, marked.indexOf("|"));
  const line = before.split("\n").length - 1;
  const place = projectFilePlace(marked.replace("|", ""), line, before.length - (before.lastIndexOf("\n") + 1));
  return place === undefined ? undefined : `${place.kind} ${place.word}`.trim();
}

test("each place of a project file is known by its line, also while it is being typed", () => {
  assert.equal(at("|"), "key");
  assert.equal(at("app: shop\nen|"), "key en");
  assert.equal(at("app: |"), "app");
  assert.equal(at('app: "sh|op"'), "app shop");
  assert.equal(at("app: shop\nenv: de|v"), "environment dev");
  assert.equal(at("environment: my.dev-1|"), "environment my.dev-1");
  assert.equal(at("secrets:\n  - |"), "secret");
  assert.equal(at("secrets:\n  - A\n  - STRI|PE_KEY # why"), "secret STRIPE_KEY");
  assert.equal(at("secrets: [A, B|]"), "secret B");
  assert.equal(at("secrets: [\n  A,\n  |"), "secret");
  assert.equal(at("commands:\n  npm run x: [A|]"), "secret A");
  assert.equal(at("commands:\n  npm run x:\n    - A|"), "secret A");
});

test("a comment, a command and an unknown key are no such place", () => {
  for (const text of ["# a|", "app: x # |", "commands:\n  npm r|un: [A]", "other:\n  - |", "secrets: [A]  |"])
    assert.equal(at(text), undefined, text);
});

test("the context and the keys are read from a file that isn't whole yet", () => {
  assert.deepEqual(namedContext("app: shop # x\nenv: 'dev'\nsecrets:\n  - "), { app: "shop", environment: "dev" });
  assert.deepEqual(namedContext("app:\nenvironment:\n"), {});
  assert.deepEqual(usedKeys("app: a\nenv: b\n  secrets: []\n"), ["app", "environment"]);
});
