import assert from "node:assert/strict";
import { test } from "node:test";
import { TitleScanner } from "#vscode/terminal/title-scanner.ts";

const titleOf = (...chunks: readonly string[]): readonly (string | undefined)[] => {
  const scanner = new TitleScanner();
  return chunks.map((chunk) => scanner.scan(chunk));
};

test("a title is found with either of its ends, and the newest counts", () => {
  assert.deepEqual(titleOf("a\u001b]0;one\u0007b"), ["one"]);
  assert.deepEqual(titleOf("\u001b]2;one\u0007 \u001b]0;two — ü\u001b\\"), ["two — ü"]);
});

test("a title that comes in pieces is found when it ends, wherever it is cut", () => {
  const text = "x\u001b]0;vim notes\u001b\\y";
  for (let at = 1; at < text.length; at++) {
    assert.equal(titleOf(text.slice(0, at), text.slice(at)).find(Boolean), "vim notes", String(at));
  }
});

test("links, colours, the clipboard and other sequences are no titles", () => {
  assert.deepEqual(titleOf("\u001b]8;;http://a\u0007b\u001b]8;;\u0007"), [undefined]);
  assert.deepEqual(titleOf("\u001b]52;c;eA==\u0007", "\u001b[31mred\u001b[0m", "\u001b]1;icon\u0007"), [
    undefined,
    undefined,
    undefined,
  ]);
});

test("a title with a control character, and one without an end, is left out", () => {
  assert.deepEqual(titleOf("\u001b]0;se\u0008cret\u0007"), [undefined]);
  assert.deepEqual(titleOf(`\u001b]0;${"x".repeat(5000)}`, "\u0007"), [undefined, undefined]);
});
