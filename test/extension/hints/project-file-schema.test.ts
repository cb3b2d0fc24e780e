import assert from "node:assert/strict";
import { test } from "node:test";
import { asContextName, asSecretName } from "#core/vault/context.ts";
import { projectFileProblem } from "#vscode/hints/project-file-problem.ts";
import schema from "../../../media/ov-yaml.schema.json" with { type: "json" };
import manifest from "../../../package.json" with { type: "json" };

test("the schema of project files allows the keys that are read, and no others", () => {
  const values = { app: "a", environment: "b", env: "b", secrets: "[A]", commands: "{x: [A]}" };
  assert.deepEqual(Object.keys(schema.properties).sort(), Object.keys(values).sort());
  for (const [key, value] of Object.entries(values)) assert.equal(projectFileProblem(`${key}: ${value}`), undefined);
  assert.equal(schema.additionalProperties, false);
});

test("the schema takes the names that the vault takes", () => {
  const context = new RegExp(schema.definitions.contextName.pattern);
  const secret = new RegExp(schema.definitions.secretNames.items.pattern);
  for (const text of [
    "a",
    "A.b-1",
    "_x",
    ".a",
    "-a",
    "a/b",
    "a b",
    "",
    "STRIPE_KEY",
    "1A",
    "x".repeat(64),
    "x".repeat(65),
    "x".repeat(129),
  ]) {
    assert.equal(context.test(text), asContextName(text) !== undefined, text);
    assert.equal(secret.test(text), asSecretName(text) !== undefined, text);
  }
});

test("the schema is offered to editors of YAML", () => {
  assert.deepEqual(manifest.contributes.yamlValidation, [
    { fileMatch: ".ov.yaml", url: "./media/ov-yaml.schema.json" },
  ]);
});
