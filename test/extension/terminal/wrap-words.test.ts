import assert from "node:assert/strict";
import { test } from "node:test";
import { wrapWords } from "#vscode/terminal/wrap-words.ts";

test("a line is broken between words, and one that fits stays as it is", () => {
  assert.deepEqual(wrapWords("Waits for you to allow it", 80), ["Waits for you to allow it"]);
  assert.deepEqual(wrapWords("Waits for you to allow it", 10), ["Waits for", "you to", "allow it"]);
  assert.deepEqual(wrapWords("", 10), [""]);
});

test("a word that is longer than the terminal is wide stays whole", () => {
  assert.deepEqual(wrapWords("in /home/somebody/project now", 8), ["in", "/home/somebody/project", "now"]);
});

test("spaces within a line are kept, so that it can be copied", () => {
  assert.deepEqual(wrapWords("echo  a   b", 80), ["echo  a   b"]);
});
