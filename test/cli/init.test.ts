import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseProjectFile } from "#core/vault/parse-project-file.ts";
import { type Home, newHome } from "./fixtures/home.ts";

const read = (home: Home, name: string): string => readFileSync(join(home.project, name), "utf8");

test("ov init writes a project file that ov reads, and rules into AGENTS.md where no agent was found", async (t) => {
  const home = newHome(t);
  const { code } = await home.ov(["init", "--app", "shop", "--env", "dev", "--secrets", "A,B", "--yes"]);
  assert.equal(code, 0);
  const file = parseProjectFile(".ov.yaml", read(home, ".ov.yaml"));
  assert.deepEqual([file.app, file.environment, file.secrets], ["shop", "dev", ["A", "B"]]);
  assert.match(read(home, "AGENTS.md"), /vault_run/);
});

test("the app is named for the folder, and the environment is development", async (t) => {
  const home = newHome(t);
  await home.ov(["init", "--yes"]);
  const { app, environment } = parseProjectFile(".ov.yaml", read(home, ".ov.yaml"));
  assert.deepEqual([app, environment], ["project", "development"]);
});

test("the rules go into the files of the agents that are there, between marks, and replace themselves", async (t) => {
  const home = newHome(t);
  mkdirSync(join(home.project, ".cursor"));
  mkdirSync(join(home.project, ".github"));
  writeFileSync(join(home.project, "CLAUDE.md"), "# Mine\n");
  writeFileSync(join(home.project, ".github", "copilot-instructions.md"), "Be nice.\n");
  await home.ov(["init", "--yes"]);
  assert.match(read(home, "CLAUDE.md"), /^# Mine\n\n<!-- opaquevault:begin/);
  assert.match(read(home, ".github/copilot-instructions.md"), /^Be nice\.\n\n<!-- opaquevault:begin/);
  assert.match(read(home, ".cursor/rules/opaquevault.mdc"), /^---\n.*alwaysApply: true/s);
  assert.ok(!existsSync(join(home.project, "AGENTS.md")));
  const texts = ["CLAUDE.md", ".ov.yaml"].map((name) => read(home, name));
  writeFileSync(
    join(home.project, "CLAUDE.md"),
    `${texts[0]}\nMore.\n`.replace("Secrets of this project", "Old words"),
  );
  await home.ov(["init", "--yes"]);
  assert.equal(read(home, "CLAUDE.md"), `${texts[0]}\nMore.\n`);
  assert.match((await home.ov(["init", "--yes"])).stderr, /Nothing to do/);
});

test("a CLAUDE.md that imports AGENTS.md gets no second copy", async (t) => {
  const home = newHome(t);
  writeFileSync(join(home.project, "CLAUDE.md"), "@AGENTS.md\n");
  writeFileSync(join(home.project, "AGENTS.md"), "# All\n");
  await home.ov(["init", "--yes"]);
  assert.equal(read(home, "CLAUDE.md"), "@AGENTS.md\n");
  assert.match(read(home, "AGENTS.md"), /vault_run/);
});

test("a project file that is there stays as it is", async (t) => {
  const home = newHome(t);
  writeFileSync(join(home.project, ".ov.yaml"), "app: old\n");
  await home.ov(["init", "--app", "new", "--env", "dev", "--yes"]);
  assert.equal(read(home, ".ov.yaml"), "app: old\n");
});

test("a repository's link that leads out of the folder is not written through", async (t) => {
  const home = newHome(t);
  const outside = join(home.root, "profile");
  for (const [link, target] of [
    ["AGENTS.md", outside],
    [".cursor", home.root],
  ] as const) {
    symlinkSync(target, join(home.project, link));
  }
  const { code, stderr } = await home.ov(["init", "--yes"]);
  assert.equal(code, 2, stderr);
  assert.ok(!existsSync(outside) && !existsSync(join(home.root, "rules")));
  assert.ok(!existsSync(join(home.project, ".ov.yaml")), "nothing is written by halves");
});

test("without a terminal and without --yes nothing is written", async (t) => {
  const home = newHome(t);
  assert.equal((await home.ov(["init"])).code, 5);
  assert.ok(!existsSync(join(home.project, ".ov.yaml")));
});
