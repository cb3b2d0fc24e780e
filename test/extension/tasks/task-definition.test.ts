import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { wantedTask } from "#vscode/tasks/task-definition.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const folder = temporaryFolder("ov-task-");
before(() => writeFile(join(folder, "package.json"), JSON.stringify({ scripts: { dev: "vite" } })));

test("a command alone is a line for the shell, and with arguments a program", async () => {
  assert.deepEqual(await wantedTask({ type: "opaquevault", command: "a | b" }, folder), {
    command: "a | b",
    cwd: folder,
  });
  const { command } = await wantedTask({ type: "opaquevault", command: "a", args: ["|", "b"] }, folder);
  assert.deepEqual(command, ["a", "|", "b"]);
});

test("a script is run by the package manager, and the context, names and folder are taken along", async () => {
  const definition = { script: "dev", args: ["--port=1"], app: "shop", environment: "dev", secrets: ["A"], cwd: "sub" };
  assert.deepEqual(await wantedTask(definition, folder), {
    command: ["npm", "run", "dev", "--port=1"],
    cwd: join(folder, "sub"),
    app: "shop",
    environment: "dev",
    secrets: ["A"],
  });
  assert.equal((await wantedTask({ command: "a", cwd: "/tmp" }, folder)).cwd, "/tmp");
});

test("a task with neither, with both, with a missing script or a wrong type is refused", async () => {
  const wrong = [
    {},
    { command: "a", script: "dev" },
    { script: "none" },
    { command: ["a"] },
    { command: "a", args: "b" },
  ];
  for (const definition of wrong) {
    await assert.rejects(wantedTask(definition, folder), { code: "argument-invalid" });
  }
});
