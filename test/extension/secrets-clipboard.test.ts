import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { inspect } from "node:util";
import { type Clipboard, SecretClipboard } from "#vscode/clipboard.ts";

class TestClipboard implements Clipboard {
  text = "";
  isOutOfReach = false;

  async readText(): Promise<string> {
    if (this.isOutOfReach) throw new Error("The page has no focus.");
    return this.text;
  }

  async writeText(text: string): Promise<void> {
    this.text = text;
  }
}

const KEEP_MS = 30_000;

async function copied(t: TestContext) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const clipboard = new TestClipboard();
  const secrets = new SecretClipboard(clipboard);
  await secrets.copy("hunter2-hunter2");
  const pass = async (ms: number) => {
    t.mock.timers.tick(ms);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  return { clipboard, secrets, pass };
}

test("S170 a copied value leaves the clipboard after 30 seconds, and is not kept to know it again", async (t) => {
  const { clipboard, secrets, pass } = await copied(t);
  await pass(KEEP_MS - 1);
  assert.equal(clipboard.text, "hunter2-hunter2");
  assert.ok(!inspect(secrets, { showHidden: true, depth: 9 }).includes("hunter2"));
  await pass(1);
  assert.equal(clipboard.text, "");
});

test("what the person has copied since then stays", async (t) => {
  const { clipboard, pass } = await copied(t);
  clipboard.text = "my own text";
  await pass(KEEP_MS);
  assert.equal(clipboard.text, "my own text");
});

test("a second value has its own 30 seconds", async (t) => {
  const { clipboard, secrets, pass } = await copied(t);
  await pass(KEEP_MS - 1);
  await secrets.copy("another-value");
  await pass(KEEP_MS - 1);
  assert.equal(clipboard.text, "another-value");
  await pass(1);
  assert.equal(clipboard.text, "");
});

test("a lock empties it at once, and only once", async (t) => {
  const { clipboard, secrets } = await copied(t);
  await secrets.clear();
  assert.equal(clipboard.text, "");
  clipboard.text = "hunter2-hunter2";
  await secrets.clear();
  assert.equal(clipboard.text, "hunter2-hunter2", "the person copied that themselves");
});

test("a clipboard that can't be reached is tried again", async (t) => {
  const { clipboard, pass } = await copied(t);
  clipboard.isOutOfReach = true;
  await pass(KEEP_MS);
  assert.equal(clipboard.text, "hunter2-hunter2");
  clipboard.isOutOfReach = false;
  await pass(2000);
  assert.equal(clipboard.text, "");
});
