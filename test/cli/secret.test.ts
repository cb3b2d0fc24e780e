import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Home, newVault, PASSWORD } from "./fixtures/home.ts";
import { atTerminal, ENTER } from "./fixtures/terminal.ts";

const VALUE = "kZ4tQ9wXr7LmN2vB8sHd";

async function list(home: Home): Promise<readonly Record<string, unknown>[]> {
  const { stdout, stderr, code } = await home.ov(["secret", "list", "shop/dev", "--json"]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout).secrets;
}

/** What a command with the secret in its environment sees of it, as a hash that no redaction touches. */
async function lengthOf(home: Home, name: string): Promise<string> {
  const { stdout, stderr } = await home.ov([
    "run",
    "-a",
    "shop",
    "-e",
    "dev",
    "--",
    "sh",
    "-c",
    `printf %s "$${name}" | wc -c`,
  ]);
  return stdout.trim() || stderr;
}

test("a value from stdin is stored without its last newline, and its environment is made", async (t) => {
  const home = await newVault(t);
  const { code, stderr } = await home.ov(
    ["secret", "create", "shop/dev/KEY", "--stdin", "-d", "for tests", "-t", "a", "b"],
    {
      input: `${VALUE}\n`,
    },
  );
  assert.equal(code, 0, stderr);
  const [secret] = await list(home);
  assert.deepEqual(
    [secret!.name, secret!.version, secret!.description, secret!.tags],
    ["KEY", 1, "for tests", ["a", "b"]],
  );
  assert.equal(await lengthOf(home, "KEY"), String(VALUE.length));
});

test("a whole file becomes a value, newlines and all", async (t) => {
  const home = await newVault(t);
  const file = join(home.project, "key.pem");
  writeFileSync(file, "-----BEGIN X-----\nabc\n-----END X-----\n");
  assert.equal((await home.ov(["secret", "create", "shop/dev/PEM", "--file", file])).code, 0);
  assert.equal(await lengthOf(home, "PEM"), "38");
  assert.equal((await home.ov(["secret", "create", "shop/dev/NONE", "--file", "missing"])).code, 7);
});

test("a generated value has the length that was asked for, and is never shown", async (t) => {
  const home = await newVault(t);
  const { stdout } = await home.ov([
    "secret",
    "create",
    "KEY",
    "-a",
    "shop",
    "-e",
    "dev",
    "-g",
    "text",
    "--length",
    "40",
  ]);
  assert.equal(stdout, "");
  assert.equal(await lengthOf(home, "KEY"), "40");
  assert.equal((await home.ov(["secret", "create", "shop/dev/WEAK", "-g", "text", "--length", "3"])).code, 2);
});

test("S86 a value in the arguments is refused, not stored, and not repeated", async (t) => {
  const home = await newVault(t);
  for (const args of [["shop/dev/KEY=hunter2hunter2"], ["KEY=hunter2hunter2"], ["shop/dev/KEY", "hunter2hunter2"]]) {
    const { code, stdout, stderr } = await home.ov(["secret", "create", ...args]);
    assert.equal(code, 2);
    assert.doesNotMatch(stdout + stderr, /hunter2/);
  }
  assert.deepEqual(JSON.parse((await home.ov(["env", "list", "--json"])).stdout).environments, []);
});

test("create refuses a name that exists, update one that doesn't, and each says what to use", async (t) => {
  const home = await newVault(t);
  await home.ov(["secret", "create", "shop/dev/KEY", "-g"]);
  const again = await home.ov(["secret", "create", "shop/dev/KEY", "-g"]);
  assert.equal(again.code, 8);
  assert.match(again.stderr, /ov secret update/);
  const missing = await home.ov(["secret", "update", "shop/dev/NONE", "-g"]);
  assert.equal(missing.code, 7);
  assert.match(missing.stderr, /ov secret create/);
});

test("details change without the value, and the value without the details", async (t) => {
  const home = await newVault(t);
  await home.ov(["secret", "create", "shop/dev/KEY", "--stdin", "-d", "first"], { input: VALUE });
  assert.equal((await home.ov(["secret", "update", "shop/dev/KEY", "-d", "second", "--rotate-after", "30"])).code, 0);
  assert.equal(await lengthOf(home, "KEY"), String(VALUE.length));
  await home.ov(["secret", "update", "shop/dev/KEY", "--stdin"], { input: `${VALUE}${VALUE}` });
  const [secret] = await list(home);
  assert.deepEqual([secret!.description, secret!.rotate_after_days], ["second", 30]);
  assert.equal(await lengthOf(home, "KEY"), String(2 * VALUE.length));
});

test("an earlier version comes back by rollback, and the history says so", async (t) => {
  const home = await newVault(t);
  await home.ov(["secret", "create", "shop/dev/KEY", "--stdin"], { input: VALUE });
  await home.ov(["secret", "update", "shop/dev/KEY", "-g", "text", "--length", "33"]);
  assert.equal((await home.ov(["secret", "rollback", "shop/dev/KEY", "--to", "1"])).code, 0);
  assert.equal(await lengthOf(home, "KEY"), String(VALUE.length));
  const { versions } = JSON.parse((await home.ov(["secret", "history", "shop/dev/KEY", "--json"])).stdout);
  assert.deepEqual(
    versions.map(({ version, current }: { version: number; current: boolean }) => [version, current]).sort(),
    [
      [1, false],
      [2, false],
      [3, true],
    ],
  );
});

test("a deleted secret is gone from runs and lists, and comes back by undelete", async (t) => {
  const home = await newVault(t);
  await home.ov(["secret", "create", "shop/dev/KEY", "-g"]);
  await home.ov(["secret", "create", "shop/dev/OTHER", "-g"]);
  assert.equal((await home.ov(["secret", "delete", "shop/dev/KEY"])).code, 0);
  assert.deepEqual(
    (await list(home)).map(({ name }) => name),
    ["OTHER"],
  );
  assert.equal((await home.ov(["secret", "undelete", "shop/dev/KEY"])).code, 0);
  assert.deepEqual((await list(home)).map(({ name }) => name).sort(), ["KEY", "OTHER"]);
});

test("a renamed secret has its value under the new name only", async (t) => {
  const home = await newVault(t);
  await home.ov(["secret", "create", "shop/dev/KEY", "--stdin"], { input: VALUE });
  assert.equal((await home.ov(["secret", "rename", "shop/dev/KEY", "TOKEN"])).code, 0);
  assert.deepEqual(
    (await list(home)).map(({ name }) => name),
    ["TOKEN"],
  );
  assert.equal(await lengthOf(home, "TOKEN"), String(VALUE.length));
});

test("names are exported as an example file, and nothing else", async (t) => {
  const home = await newVault(t);
  await home.ov(["secret", "create", "shop/dev/KEY", "--stdin"], { input: VALUE });
  const names = async (format: string): Promise<string> =>
    (await home.ov(["secret", "export-names", "-a", "shop", "-e", "dev", "--format", format])).stdout;
  assert.equal(await names("env"), "KEY=\n");
  assert.equal(await names("yaml"), "secrets:\n  - KEY\n");
  assert.deepEqual(JSON.parse(await names("json")), ["KEY"]);
});

test("a person types a value into a prompt that doesn't show it", async (t) => {
  const home = await newVault(t);
  const person = atTerminal(t, home, ["secret", "create", "shop/dev/KEY"], { askpass: true });
  await person.see("Value of shop/dev/KEY:");
  person.type(`${VALUE}${ENTER}`);
  assert.equal(await person.exit, 0);
  assert.ok(!person.screen.includes(VALUE));
  assert.equal(await lengthOf(home, "KEY"), String(VALUE.length));
});

test("S92 a paste of several lines is refused, and its other lines never reach the shell", async (t) => {
  const home = await newVault(t);
  const person = atTerminal(t, home, [], { askpass: true, program: "/bin/sh", env: { PS1: "PROMPT " } });
  await person.see("PROMPT ");
  person.type(
    `'${process.execPath}' '${new URL("../../extension/cli/ov.ts", import.meta.url).pathname}' secret create shop/dev/KEY; echo ended $?${ENTER}`,
  );
  await person.see("Value of shop/dev/KEY:");
  person.type(`-----BEGIN KEY-----${ENTER}echo ran-a-line${ENTER}-----END KEY-----${ENTER}`);
  await person.see("ended 2");
  assert.match(person.screen, /--file/);
  assert.doesNotMatch(person.screen, /ran-a-line/);
  assert.deepEqual(await list(home), []);
});

test("something on stdin is not taken for a value unasked", async (t) => {
  const home = await newVault(t);
  const { code, stderr } = await home.ov(["secret", "create", "shop/dev/KEY"], { input: VALUE });
  assert.equal(code, 2);
  assert.match(stderr, /--stdin/);
});

test("S81 a value is revealed on a terminal only, whatever OV_ASKPASS answers", async (t) => {
  const home = await newVault(t);
  await home.ov(["secret", "create", "shop/dev/KEY", "--stdin"], { input: VALUE });
  for (const unlocked of [false, true]) {
    if (unlocked) assert.equal((await home.ov(["unlock"])).code, 0);
    const { code, stdout, stderr } = await home.ov(["secret", "reveal", "shop/dev/KEY"]);
    assert.equal(code, 5);
    assert.ok(!`${stdout}${stderr}`.includes(VALUE));
  }
});

for (const unlocked of [false, true]) {
  test(`S82 a value is revealed after the master password only, and leaves nothing in the scrollback (${unlocked ? "agent" : "locked"})`, async (t) => {
    const home = await newVault(t);
    await home.ov(["secret", "create", "shop/dev/KEY", "--stdin"], { input: VALUE });
    if (unlocked) assert.equal((await home.ov(["unlock"])).code, 0);
    const person = atTerminal(t, home, ["secret", "reveal", "shop/dev/KEY"], { askpass: true });
    await person.see("Master password:");
    person.type(`${PASSWORD}${ENTER}`);
    await person.see("Press Enter to hide this.");
    person.type(ENTER);
    assert.equal(await person.exit, 0);
    const [before, shown = ""] = person.screen.split("\x1b[?1049h");
    const [inside, after] = shown.split("\x1b[?1049l");
    assert.ok(inside!.includes(VALUE));
    assert.ok(!before!.includes(VALUE) && !after!.includes(VALUE));

    const stranger = atTerminal(t, home, ["secret", "reveal", "shop/dev/KEY"], { askpass: true });
    for (let tries = unlocked ? 3 : 1; tries > 0; tries--) {
      await stranger.see("Master password:");
      stranger.type(`a wrong one${ENTER}`);
      if (tries > 1) await stranger.see("not the master password");
    }
    assert.equal(await stranger.exit, 4);
    assert.ok(!stranger.screen.includes(VALUE));
  });
}

test("purging takes a person and the master password, and leaves no version", async (t) => {
  const home = await newVault(t);
  await home.ov(["secret", "create", "shop/dev/KEY", "-g"]);
  await home.ov(["secret", "delete", "shop/dev/KEY"]);
  assert.equal((await home.ov(["secret", "purge", "shop/dev/KEY"])).code, 5);
  const person = atTerminal(t, home, ["secret", "purge", "shop/dev/KEY"]);
  await person.see("Master password:");
  person.type(`${PASSWORD}${ENTER}`);
  await person.see("for good?");
  person.type(`y${ENTER}`);
  assert.equal(await person.exit, 0);
  const gone = await home.ov(["secret", "undelete", "shop/dev/KEY"]);
  assert.equal(gone.code, 7, gone.stderr);
});

test("a value that no environment can carry is stored, and the person is told", async (t) => {
  const home = await newVault(t);
  const { code, stderr } = await home.ov(["secret", "create", "shop/dev/KEY", "--stdin"], {
    input: "one\0two-three-four",
  });
  assert.equal(code, 0, stderr);
  assert.match(stderr, /KEY holds a zero byte, so it can't be an environment variable/);
});
