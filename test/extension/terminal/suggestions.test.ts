import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { makeTargets, targetsOf } from "#vscode/terminal/make-targets.ts";
import { packageScripts } from "#vscode/terminal/package-scripts.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = temporaryFolder("ov-suggestions-");
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

test("scripts are run by the package manager that the project names, else by the one whose lock file lies there", async () => {
  const scripts = { dev: "vite", "test:unit": "node --test" };
  const named = await project({
    "package.json": JSON.stringify({ scripts, packageManager: "pnpm@10.0.0" }),
    "yarn.lock": "",
  });
  assert.deepEqual(
    (await packageScripts(named)).map(({ command }) => command),
    [
      ["pnpm", "run", "dev"],
      ["pnpm", "run", "test:unit"],
    ],
  );
  const locked = await project({ "package.json": JSON.stringify({ scripts }), "yarn.lock": "" });
  assert.deepEqual((await packageScripts(locked))[0], {
    label: "yarn run dev",
    detail: "vite",
    command: ["yarn", "run", "dev"],
  });
  const plain = await project({ "package.json": JSON.stringify({ scripts }) });
  assert.equal((await packageScripts(plain))[0]?.label, "npm run dev");
});

test("a script that would be an option, or is no text, is left out; so is a manifest that can't be read", async () => {
  const odd = await project({ "package.json": JSON.stringify({ scripts: { "--prefix=/": "x", n: 1, ok: "y" } }) });
  assert.deepEqual(
    (await packageScripts(odd)).map(({ label }) => label),
    ["npm run ok"],
  );
  assert.deepEqual(await packageScripts(await project({ "package.json": "{ scripts" })), []);
  assert.deepEqual(await packageScripts(await project({})), []);
});

test("targets are the plain names of rules, not variables, patterns or special targets", async () => {
  const text = [
    "CC := gcc",
    "FLAGS ?= -O2",
    "URL = http://a",
    ".PHONY: all",
    "all: build test",
    "build test: x.o",
    "\techo a: b",
    "%.o: %.c",
    "$(OUT): y",
    "dist/app.js:: src",
  ].join("\n");
  assert.deepEqual(
    targetsOf(text).map(({ command }) => command),
    [
      ["make", "all"],
      ["make", "build"],
      ["make", "test"],
      ["make", "dist/app.js"],
    ],
  );
  assert.equal((await makeTargets(await project({ Makefile: text }))).length, 4);
});
