import assert from "node:assert/strict";
import { test } from "node:test";
import { commandLine, commandWords } from "#core/run/command-words.ts";

test("a line is a program and its arguments, with quotes around what holds spaces", () => {
  assert.deepEqual(commandWords("./rotate-key.sh"), ["./rotate-key.sh"]);
  assert.deepEqual(commandWords("  node  rotate.js --label 'two words' "), [
    "node",
    "rotate.js",
    "--label",
    "two words",
  ]);
  assert.deepEqual(commandWords('"my tool" a"b c"d \'\''), ["my tool", "ab cd", ""]);
  assert.deepEqual(commandWords("tool 'a|b' \"c;d\""), ["tool", "a|b", "c;d"]);
});

test("words are a line again, which gives the same words", () => {
  for (const words of [["./rotate-key.sh"], ["node", "rotate.js", "two words", "", "a|b"], ["x", 'say "x"']])
    assert.deepEqual(commandWords(commandLine(words)), words);
});

test("what only a shell would understand is no command here", () => {
  for (const line of [
    "",
    "  ",
    "''",
    "a | b",
    "a && b",
    "a > f",
    "echo $KEY",
    'echo "$KEY"',
    "a 'b",
    "ls *",
    "~/x",
    "a # b",
  ])
    assert.equal(commandWords(line), undefined, line);
});
