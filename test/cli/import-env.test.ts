import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Home, newVault, PASSWORD } from "./fixtures/home.ts";
import { atTerminal, ENTER } from "./fixtures/terminal.ts";

const TEXT = `# a comment
STRIPE_KEY=sk_live_4f7d0a1b2c3d
export QUOTED="two words"
MULTI="line one
line two"
NODE_OPTIONS=--require=evil.js
EMPTY=
`;

async function withEnvFile(t: TestContext): Promise<{ readonly home: Home; readonly file: string }> {
  const home = await newVault(t);
  const file = join(home.project, ".env");
  writeFileSync(file, TEXT);
  return { home, file };
}

async function names(home: Home): Promise<readonly string[]> {
  const { stdout } = await home.ov(["secret", "list", "-a", "shop", "-e", "dev", "--json"]);
  return JSON.parse(stdout)
    .secrets.map(({ name }: { name: string }) => name)
    .sort();
}

test("a .env file is shown by names, imported, read back and kept without --delete", async (t) => {
  const { home, file } = await withEnvFile(t);
  const { code, stdout, stderr } = await home.ov(["secret", "import", file, "-a", "shop", "-e", "dev", "--yes"]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /new\s+STRIPE_KEY/);
  assert.match(stderr, /left out\s+NODE_OPTIONS/);
  assert.match(stderr, /left out\s+EMPTY/);
  assert.match(stderr, /read back, they are the same/);
  assert.doesNotMatch(stdout + stderr, /sk_live|two words|line one|evil/);
  assert.deepEqual(await names(home), ["MULTI", "QUOTED", "STRIPE_KEY"]);
  assert.equal(readFileSync(file, "utf8"), TEXT);
  const check = 'test "$QUOTED" = "two words" && test "$MULTI" = "line one\nline two"';
  assert.equal((await home.ov(["run", "-a", "shop", "-e", "dev", "--", "sh", "-c", check])).code, 0);
});

test("with --delete the file is gone after it was read back", async (t) => {
  const { home, file } = await withEnvFile(t);
  assert.equal((await home.ov(["secret", "import", file, "-a", "shop", "-e", "dev", "--yes", "--delete"])).code, 0);
  assert.ok(!existsSync(file));
});

test("git asks no program that the repository's own configuration names", async (t) => {
  const { home, file } = await withEnvFile(t);
  const git = (...args: string[]): unknown => execFileSync("git", args, { cwd: home.project, stdio: "ignore" });
  git("init");
  git("add", ".env");
  const sign = join(home.root, "was-run");
  git("config", "core.fsmonitor", `touch '${sign}'; false`);
  const imported = await home.ov(["secret", "import", file, "-a", "shop", "-e", "dev", "--yes"]);
  assert.equal(imported.code, 0, imported.stderr);
  assert.equal(existsSync(sign), false);
});

test("a person sees what will happen, and may keep the file; its git history is named", async (t) => {
  const { home, file } = await withEnvFile(t);
  const git = (...args: string[]): unknown => execFileSync("git", args, { cwd: home.project, stdio: "ignore" });
  git("init");
  git("add", ".env");
  const person = atTerminal(t, home, ["secret", "import", ".env", "-a", "shop", "-e", "dev"]);
  await person.see("Master password:");
  person.type(`${PASSWORD}${ENTER}`);
  await person.see("Import these 3 into shop/dev?");
  person.type(`y${ENTER}`);
  await person.see("read back, they are the same");
  await person.see("in git");
  await person.see("would be gone");
  person.type(`n${ENTER}`);
  assert.equal(await person.exit, 0);
  assert.ok(existsSync(file));
  assert.doesNotMatch(person.screen, /sk_live|two words|line one|evil/);
});

test("saying no imports nothing", async (t) => {
  const { home, file } = await withEnvFile(t);
  const person = atTerminal(t, home, ["secret", "import", file, "-a", "shop", "-e", "dev"]);
  await person.see("Master password:");
  person.type(`${PASSWORD}${ENTER}`);
  await person.see("Import these 3");
  person.type(`n${ENTER}`);
  assert.equal(await person.exit, 130);
  assert.deepEqual(JSON.parse((await home.ov(["app", "list", "--json"])).stdout).apps, []);
});

test("with an unlocked agent and no terminal, what would be replaced waits for an approval and nothing is stored", async (t) => {
  const { home, file } = await withEnvFile(t);
  await home.ov(["secret", "create", "shop/dev/QUOTED", "--generate", "hex"]);
  await home.ov(["unlock"]);
  const imported = await home.ov(["secret", "import", file, "-a", "shop", "-e", "dev", "--yes", "--delete"]);
  assert.equal(imported.code, 5, imported.stderr);
  assert.deepEqual(await names(home), ["QUOTED"]);
  assert.ok(existsSync(file), "what was not imported is not deleted");
});

test("with an unlocked agent and no terminal, new names are stored, read back, and only then the file goes", async (t) => {
  const { home, file } = await withEnvFile(t);
  await home.ov(["unlock"]);
  const imported = await home.ov(["secret", "import", file, "-a", "shop", "-e", "dev", "--yes", "--delete"]);
  assert.equal(imported.code, 0, imported.stderr);
  assert.deepEqual(await names(home), ["MULTI", "QUOTED", "STRIPE_KEY"]);
  assert.ok(!existsSync(file));
});

for (const [what, change] of [
  ["changed", (file: string) => writeFileSync(file, `${TEXT}NEW=typed meanwhile\n`)],
  ["replaced by a link", linkToACopy],
] as const) {
  test(`a file that was ${what} during the questions is not deleted`, async (t) => {
    const { home, file } = await withEnvFile(t);
    const person = atTerminal(t, home, ["secret", "import", ".env", "-a", "shop", "-e", "dev"], { askpass: true });
    await person.see("Import these 3 into shop/dev?");
    person.type(`y${ENTER}`);
    await person.see("would be gone");
    change(file);
    person.type(`y${ENTER}`);
    assert.equal(await person.exit, 9);
    await person.see("was not deleted");
    assert.match(readFileSync(file, "utf8"), /STRIPE_KEY/);
    assert.deepEqual(await names(home), ["MULTI", "QUOTED", "STRIPE_KEY"]);
  });
}

function linkToACopy(file: string): void {
  renameSync(file, `${file}.moved`);
  symlinkSync(`${file}.moved`, file);
}

test("a file that is missing, or holds nothing, is refused", async (t) => {
  const { home, file } = await withEnvFile(t);
  assert.equal((await home.ov(["secret", "import", `${file}.none`, "-a", "shop", "-e", "dev"])).code, 7);
  writeFileSync(file, "# nothing\n");
  assert.equal((await home.ov(["secret", "import", file, "-a", "shop", "-e", "dev"])).code, 2);
});
