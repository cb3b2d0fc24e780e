// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how the variables of tasks.json look
import assert from "node:assert/strict";
import { test } from "node:test";
import { type TaskExecution, taskCommand } from "#vscode/tasks/task-command.ts";

const variables = { workspaceFolder: "/ws", file: "/ws/a b.ts" };
const of = (execution: TaskExecution) => taskCommand(execution, "/ws", variables);

test("a shell's line stays as it is, and a program keeps its arguments", () => {
  assert.deepEqual(of({ commandLine: "npm test && echo $HOME ${HOME}" }), {
    kind: "can",
    command: "npm test && echo $HOME ${HOME}",
    cwd: "/ws",
  });
  assert.deepEqual(of({ process: "node", args: ["a b", "$c"], options: { cwd: "sub" } }), {
    kind: "can",
    command: ["node", "a b", "$c"],
    cwd: "/ws/sub",
  });
});

test("arguments of a shell's command are quoted as VS Code does", () => {
  const args = ["plain", "two words", "'as it is'", { value: "it's", quoting: 2 }, { value: "a b", quoting: 1 }];
  const found = of({ command: "echo", args: [...args, { value: 'a "$b"', quoting: 3 }] });
  assert.equal(
    found.kind === "can" && found.command,
    String.raw`echo plain 'two words' 'as it is' 'it'\''s' a\ b "a \"$b\""`,
  );
});

test("known variables are filled in, and one that only VS Code knows is told", () => {
  const found = of({ process: "cat", args: ["${file}"], options: { cwd: "${workspaceFolder}/x" } });
  assert.deepEqual(found, { kind: "can", command: ["cat", "/ws/a b.ts"], cwd: "/ws/x" });
  assert.deepEqual(of({ commandLine: "echo ${input:what}" }), {
    kind: "cannot",
    reason: { because: "variable", variable: "${input:what}" },
  });
});

test("what would be another command in our terminal is refused", () => {
  assert.deepEqual(of({ commandLine: "a", options: { env: { A: "1" } } }), {
    kind: "cannot",
    reason: { because: "env" },
  });
  assert.deepEqual(of({ commandLine: "a", options: { executable: "fish" } }), {
    kind: "cannot",
    reason: { because: "shell" },
  });
  assert.deepEqual(of({}), { kind: "cannot", reason: { because: "empty" } });
});
