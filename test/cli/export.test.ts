import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Home, newVault, PASSWORD } from "./fixtures/home.ts";
import { atTerminal, ENTER, type PersonAtTerminal } from "./fixtures/terminal.ts";

const VALUE = "kZ4tQ9wXr7LmN2vB8sHd";
const PASSPHRASE = "a passphrase of its own";

async function withSecrets(t: TestContext): Promise<Home> {
  const home = await newVault(t);
  await home.ov(["secret", "create", "shop/prod/STRIPE_KEY", "--stdin"], { input: VALUE });
  await home.ov(["secret", "create", "shop/prod/PEM", "--stdin", "-d", "a key", "-t", "ci"], {
    input: `line one\n${VALUE}`,
  });
  await home.ov(["secret", "create", "shop/prod/BAIT", "-g", "--canary"]);
  await home.ov(["secret", "create", "shop/dev/OTHER", "--stdin"], { input: `dev-${VALUE}` });
  return home;
}

async function give(person: PersonAtTerminal, question: string, answer: string): Promise<void> {
  await person.see(question);
  person.type(`${answer}${ENTER}`);
}

async function auditOf(home: Home): Promise<readonly { action: string; names: string[]; outcome: string }[]> {
  return JSON.parse((await home.ov(["audit", "--json"])).stdout).entries;
}

test("S283 an agent exports nothing in the clear: not by OV_ASKPASS, not by a pipe, not with an unlocked vault", async (t) => {
  const home = await withSecrets(t);
  await home.ov(["unlock"]);
  const here = ["-a", "shop", "-e", "prod"];
  const file = join(home.root, "out");
  for (const args of [
    ["export", "--plain", ...here],
    ["export", "--plain", "--stdout", ...here],
    ["export", file, "--plain", ...here],
    ["export", file, "--passphrase"],
    ["export", file, "--passphrase", ...here],
  ]) {
    for (const askpass of [true, false]) {
      const { code, stdout, stderr } = await home.ov(args, { askpass, input: `${PASSWORD}\nshop/prod\n${PASSWORD}\n` });
      assert.equal(code, 5, `${args.join(" ")}: ${stderr}`);
      assert.equal(stdout, "");
      assert.doesNotMatch(stderr, /kZ4tQ9/);
    }
  }
  assert.ok(!existsSync(file));
  assert.ok(!(await auditOf(home)).some(({ action }) => action === "export"));
});

test("with a terminal of its own, and without the master password, an agent exports nothing", async (t) => {
  const home = await withSecrets(t);
  await home.ov(["unlock"]);
  const file = join(home.root, "out");
  const agent = atTerminal(t, home, ["export", file, "--plain", "-a", "shop", "-e", "prod"], { askpass: true });
  for (let left = 2; left >= 0; left--) {
    await give(agent, "Master password:", "a guess at it");
    if (left > 0) await agent.see("That is not the master password.");
  }
  assert.equal(await agent.exit, 4, agent.screen);
  assert.ok(!existsSync(file));
  assert.doesNotMatch(agent.screen, /STRIPE_KEY|kZ4tQ9/);
});

test("S284 a plain export takes the master password and the environment's name, and stands in the audit log", async (t) => {
  const home = await withSecrets(t);
  const file = join(home.root, "out.env");
  const hasty = atTerminal(t, home, ["export", file, "--plain", "-a", "shop", "-e", "prod"]);
  await give(hasty, "Master password:", PASSWORD);
  await give(hasty, "Type shop/prod to do it:", "yes");
  assert.equal(await hasty.exit, 130);
  assert.ok(!existsSync(file));
  assert.ok(!(await auditOf(home)).some(({ action }) => action === "export"));

  const person = atTerminal(t, home, ["export", file, "--plain", "-a", "shop", "-e", "prod"]);
  await give(person, "Master password:", PASSWORD);
  await person.see("left out, a decoy:  BAIT");
  await give(person, "Type shop/prod to do it:", "shop/prod");
  await person.see("in the clear. Delete it");
  await person.see("Exported 2 values of shop/prod; read again, they are the same.");
  assert.equal(await person.exit, 0);
  assert.equal(readFileSync(file, "utf8"), `PEM='line one\n${VALUE}'\nSTRIPE_KEY='${VALUE}'\n`);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.doesNotMatch(person.screen, /kZ4tQ9/);
  const entry = (await auditOf(home)).find(({ action }) => action === "export");
  assert.deepEqual([entry?.names, entry?.outcome], [["PEM", "STRIPE_KEY"], "ok: plain dotenv to a file"]);
});

test("a plain export never overwrites a file", async (t) => {
  const home = await withSecrets(t);
  const file = join(home.root, "mine");
  writeFileSync(file, "mine");
  const person = atTerminal(t, home, ["export", file, "--plain", "-a", "shop", "-e", "prod"]);
  assert.equal(await person.exit, 2);
  assert.equal(readFileSync(file, "utf8"), "mine");
});

test("on a terminal the values are shown on a screen of their own, which leaves nothing behind", async (t) => {
  const home = await withSecrets(t);
  const person = atTerminal(t, home, ["export", "--plain", "--format", "json", "-a", "shop", "-e", "dev"]);
  await give(person, "Master password:", PASSWORD);
  await give(person, "Type shop/dev to do it:", "shop/dev");
  await person.see("\x1b[?1049h");
  await person.see(`"OTHER": "dev-${VALUE}"`);
  person.type(ENTER);
  assert.equal(await person.exit, 0);
  assert.doesNotMatch(person.screen.split("\x1b[?1049l")[1] ?? VALUE, /kZ4tQ9/);
});

test("with --stdout a person gives the values to a program", async (t) => {
  const home = await withSecrets(t);
  const file = join(home.root, "piped");
  const command = `"$0" "$1" export --plain --stdout --format yaml -a shop -e dev | cat > '${file}'`;
  const { OV } = await import("./fixtures/home.ts");
  const person = atTerminal(t, home, ["-c", command, process.execPath, OV], { program: "/bin/sh" });
  await give(person, "Master password:", PASSWORD);
  await give(person, "Type shop/dev to do it:", "shop/dev");
  assert.equal(await person.exit, 0);
  assert.equal(readFileSync(file, "utf8"), `OTHER: "dev-${VALUE}"\n`);
});

test("S285 an export under a passphrase goes into another vault with its details, and a decoy stays one", async (t) => {
  const home = await withSecrets(t);
  const file = join(home.root, "all.ovx");
  const person = atTerminal(t, home, ["export", file, "--passphrase"]);
  await give(person, "Master password:", PASSWORD);
  await give(person, "New passphrase of the export:", PASSPHRASE);
  await give(person, "The same again:", PASSPHRASE);
  await person.see("and opened it again");
  assert.equal(await person.exit, 0);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.doesNotMatch(person.screen + readFileSync(file, "latin1"), /kZ4tQ9|a passphrase of/);

  const other = await newVault(t);
  const askpass = (passphrase: string): void =>
    writeFileSync(
      join(other.root, "askpass"),
      `#!/bin/sh\ncase "$1" in Passphrase*) echo '${passphrase}';; *) echo '${PASSWORD}';; esac\n`,
    );
  askpass("not the passphrase");
  assert.equal((await other.ov(["import", file])).code, 4);
  askpass(PASSPHRASE);
  const imported = await other.ov(["import", file, "--map", "shop/dev=shop/copy"]);
  assert.equal(imported.code, 0, imported.stderr);
  assert.match(imported.stderr, /shop\/dev -> shop\/copy:\n {2}new +OTHER {2}24 bytes/);
  assert.match(imported.stderr, /BAIT {2}\d+ bytes, a decoy/);
  assert.doesNotMatch(imported.stderr, /kZ4tQ9/);
  const check = `test "$STRIPE_KEY" = ${VALUE} && test "$PEM" = "line one\n${VALUE}"`;
  const run = await other.ov(["run", "-a", "shop", "-e", "prod", "-s", "STRIPE_KEY,PEM", "--", "sh", "-c", check]);
  assert.equal(run.code, 0, run.stderr);
  const { secrets } = JSON.parse((await other.ov(["secret", "list", "shop/prod", "--json"])).stdout);
  assert.deepEqual(
    secrets.map(({ name, description, tags, canary }: Record<string, unknown>) => [name, description, tags, canary]),
    [
      ["BAIT", "", [], true],
      ["PEM", "a key", ["ci"], false],
      ["STRIPE_KEY", "", [], false],
    ],
  );
  assert.equal((await other.ov(["run", "-a", "shop", "-e", "prod", "-s", "BAIT", "--", "true"])).code, 6);
});

test("a damaged export stores nothing", async (t) => {
  const home = await withSecrets(t);
  const file = join(home.root, "all.ovx");
  const person = atTerminal(t, home, ["export", file, "--passphrase", "-a", "shop", "-e", "dev"]);
  await give(person, "Master password:", PASSWORD);
  await give(person, "New passphrase of the export:", PASSWORD);
  await give(person, "The same again:", PASSWORD);
  assert.equal(await person.exit, 0);
  const bytes = readFileSync(file);
  bytes[5000]! ^= 1;
  writeFileSync(file, bytes);
  const other = await newVault(t);
  assert.equal((await other.ov(["import", file])).code, 10);
  assert.deepEqual(JSON.parse((await other.ov(["app", "list", "--json"])).stdout).apps, []);
});

test("options that go with another kind of export are refused", async (t) => {
  const home = await newVault(t);
  for (const args of [
    ["x", "--stdout"],
    ["x", "--format", "json"],
    [],
    ["--passphrase"],
    ["x", "-a", "shop"],
    ["x", "--plain", "--passphrase"],
  ]) {
    assert.equal((await home.ov(["export", ...args])).code, 2, args.join(" "));
  }
});
