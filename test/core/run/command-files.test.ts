import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Command } from "#core/run/command.ts";
import { changesSince, commandFiles } from "#core/run/command-files.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const SEARCH_PATH = process.env.PATH;

function project(): {
  readonly root: string;
  readonly look: (command: Command, path?: string) => ReturnType<typeof commandFiles>;
} {
  const root = temporaryFolder("ov-files-");
  return { root, look: (command, searchPath = SEARCH_PATH) => commandFiles({ command, searchPath }, root) };
}

/** A way to run `name`, and the file that decides what happens. */
const WAYS: readonly (readonly [string, Command, string])[] = [
  ["a script by its path", ["./deploy.sh"], "deploy.sh"],
  ["a script in a shell text", "./deploy.sh --now", "deploy.sh"],
  ["an interpreter's script", ["python3", "deploy.py"], "deploy.py"],
  ["a script that a shell is given", ["bash", "-x", "deploy.sh"], "deploy.sh"],
  ["a text for sh -c", ["sh", "-c", "true && sh deploy.sh"], "deploy.sh"],
  ["a shell's text two deep", `sh -c "sh -c './deploy.sh'"`, "deploy.sh"],
  ["a command substitution", "echo $(./deploy.sh)", "deploy.sh"],
  ["input from a file", "sh <deploy.sh", "deploy.sh"],
  ["input from a file with a blank in its name", "sh < 'my script.sh'", "my script.sh"],
  ["a name with a blank", ["sh", "my script.sh"], "my script.sh"],
  ["a name with an escaped blank", "sh my\\ script.sh", "my script.sh"],
  ["a name with a redirection in it", "sh 'a>b.sh'", "a>b.sh"],
  ["a variable of the shell", "NODE_OPTIONS=--require=./hook.js node server.js", "hook.js"],
  ["an option with its value", ["node", "--import=./hook.js", "server.js"], "hook.js"],
  ["a body from a file", ["curl", "-d", "@body.json", "https://example.com"], "body.json"],
  ["a folder that is changed to", "cd sub && ./deploy.sh", "sub/deploy.sh"],
  ["two folders that are changed to", "cd sub && cd deeper && ./deploy.sh", "sub/deeper/deploy.sh"],
  ["node without the ending", ["node", "server"], "server.js"],
  ["a module of Python", ["python3", "-m", "sub.deploy"], "sub/deploy.py"],
  ["node with a folder", ["node", "sub"], "sub/index.js"],
  ["a folder above", ["sh", "sub/../deploy.sh"], "deploy.sh"],
  ["the working folder by its variable", 'sh "$PWD/deploy.sh"', "deploy.sh"],
  ["npm", ["npm", "run", "build"], "package.json"],
  ["npm's own settings", "npm test", ".npmrc"],
  ["npm in a folder", "npm --prefix sub test", "sub/package.json"],
  ["make", "make deploy", "Makefile"],
  ["make in a folder", ["make", "-C", "sub"], "sub/Makefile"],
  ["docker compose", "docker compose up", "compose.yaml"],
];

for (const [what, command, file] of WAYS) {
  test(`S380 a change of the file behind a command is seen: ${what}`, () => {
    const { root, look } = project();
    mkdirSync(join(root, "sub/deeper"), { recursive: true });
    const path = join(root, file);
    writeFileSync(path, "echo harmless\n", { mode: 0o755 });
    const before = look(command);
    assert.deepEqual(changesSince(before, look(command), root), []);
    writeFileSync(path, "echo swapped!\n");
    assert.deepEqual(changesSince(before, look(command), root), [{ kind: "file", path }]);
  });
}

test("S380 a file that appears, disappears, or is another one behind a link is a change", () => {
  const { root, look } = project();
  const [path, link] = [join(root, "deploy.sh"), join(root, "link.sh")];
  const nothing = look("sh deploy.sh");
  writeFileSync(path, "echo one\n");
  const one = look("sh deploy.sh");
  assert.deepEqual(changesSince(nothing, one, root), [{ kind: "file", path }]);
  assert.deepEqual(changesSince(one, nothing, root), [{ kind: "file", path }]);
  writeFileSync(join(root, "other.sh"), "echo two\n");
  symlinkSync(path, link);
  const linked = look(["sh", "link.sh"]);
  renameSync(join(root, "other.sh"), path);
  assert.deepEqual(changesSince(linked, look(["sh", "link.sh"]), root), [{ kind: "file", path: link }]);
});

test("S380 a program in front of another on the PATH is a change, and one in a relative folder of it too", () => {
  const { root, look } = project();
  const [first, second, relative] = ["first", "second", "relative"].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [first, second, relative]) mkdirSync(folder);
  writeFileSync(join(second, "tool"), "#!/bin/sh\n", { mode: 0o755 });
  const path = `${first}:${second}`;
  const before = look(["tool"], path);
  assert.deepEqual(Object.keys(before.files), [join(second, "tool")]);
  writeFileSync(join(first, "tool"), "#!/bin/sh\n", { mode: 0o755 });
  assert.equal(changesSince(before, look(["tool"], path), root).length, 2);

  const loose = look(["tool"], `relative:${second}`);
  writeFileSync(join(relative, "tool"), "#!/bin/sh\n", { mode: 0o755 });
  assert.equal(changesSince(loose, look(["tool"], `relative:${second}`), root).length, 1);
});

test("S26 another folder at the same path is a change", () => {
  const { root } = project();
  const folder = join(root, "sub");
  mkdirSync(folder);
  const look = () => commandFiles({ command: "true", searchPath: SEARCH_PATH }, folder);
  const before = look();
  renameSync(folder, join(root, "away"));
  mkdirSync(folder);
  assert.deepEqual(changesSince(before, look(), folder), [{ kind: "folder", path: folder }]);
});

test("what a command only writes to is no part of it, and neither is what it doesn't name", () => {
  const { root, look } = project();
  const commands: readonly Command[] = ["sh deploy.sh > out.log", "sh deploy.sh 2>>out.log", "sh deploy.sh &> out.log"];
  writeFileSync(join(root, "out.log"), "one\n");
  const before = commands.map((command) => look(command));
  appendFileSync(join(root, "out.log"), "two\n");
  writeFileSync(join(root, "unnamed.sh"), "echo\n");
  for (const [index, command] of commands.entries()) {
    assert.deepEqual(changesSince(before[index]!, look(command), root), [], String(command));
  }
});

test("S380 a large file is known by its inode, size and times, and what can't be read or never ends holds nothing up", () => {
  const { root, look } = project();
  const large = join(root, "large.bin");
  writeFileSync(large, "x");
  truncateSync(large, 2 << 20);
  const before = look(["cat", "large.bin"]);
  assert.match(before.files[large]!, /^\d+:\d+:2097152:/);
  appendFileSync(large, "x");
  assert.equal(changesSince(before, look(["cat", "large.bin"]), root).length, 1);

  writeFileSync(join(root, "secret"), "x", { mode: 0o200 });
  chmodSync(join(root, "secret"), 0o200);
  if (process.platform !== "win32") spawnSync("mkfifo", [join(root, "pipe")]);
  look(["cat", "secret", "pipe", "/dev/zero", "/proc/kmsg", "/proc/self/environ", "x".repeat(5000), "."]);
});

test("a home folder that the shell puts in is looked into", () => {
  const { look } = project();
  const there = join(homedir(), ".profile");
  for (const text of ["cat ~/.profile", 'cat "$HOME/.profile"', `cat $${"{HOME}"}/.profile`]) {
    assert.equal(Object.keys(look(text).files).includes(there), existsSync(there), text);
  }
});

test("thousands of words that are no files are none", () => {
  const { look } = project();
  const words = Array.from({ length: 6_000 }, (_, index) => `w${index.toString(36)}`).join(" ");
  assert.equal(Object.keys(look(`echo ${words}`).files).filter((path) => path.includes("w1")).length, 0);
});
