import assert from "node:assert/strict";
import { test } from "node:test";
import { parseContext } from "#core/vault/context.ts";
import { parseProjectFile } from "#core/vault/parse-project-file.ts";
import { projectFileText } from "#vscode/project-file-text.ts";

const STAGING = parseContext("shop/staging");

test("a new .ov.yaml names the context and is valid", () => {
  const { app, environment, secrets } = parseProjectFile("/.ov.yaml", projectFileText(undefined, STAGING));
  assert.deepEqual([app, environment, secrets], ["shop", "staging", undefined]);
});

test("another context leaves comments, names and commands as they are", () => {
  const before = "# ours\napp: shop # the shop\nenv: dev\nsecrets: [STRIPE_KEY]\ncommands:\n  npm test: [STRIPE_KEY]\n";
  const after = projectFileText(before, STAGING);
  assert.equal(after, before.replace("env: dev", "env: staging"));
  const { environment, secrets, commands } = parseProjectFile("/.ov.yaml", after);
  assert.deepEqual([environment, secrets, commands?.size], ["staging", ["STRIPE_KEY"], 1]);
});

test("a file that is no .ov.yaml is refused, and an empty one is filled", () => {
  assert.throws(() => projectFileText("app: [", STAGING), { code: "project-file-invalid" });
  assert.throws(() => projectFileText("- a list", STAGING), { code: "project-file-invalid" });
  assert.match(projectFileText("\n", STAGING), /environment: staging/);
});
