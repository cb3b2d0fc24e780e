import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { approveAll } from "./fixtures/agent.ts";
import { type Home, newVault, PASSWORD } from "./fixtures/home.ts";
import { atTerminal, DOWN, ENTER } from "./fixtures/terminal.ts";

const VALUE = "kZ4tQ9wXr7LmN2vB8sHd";
const HERE = ["-a", "shop", "-e", "dev"];
const PRINT = ["--", "sh", "-c", "echo value=$KEY"];

async function vaultWithKey(t: TestContext, environment = "dev"): Promise<Home> {
  const home = await newVault(t);
  const { code, stderr } = await home.ov(["secret", "create", `shop/${environment}/KEY`, "--stdin"], { input: VALUE });
  assert.equal(code, 0, stderr);
  return home;
}

test("S84 what the command prints is redacted, on both streams, and its exit code is passed on", async (t) => {
  const home = await vaultWithKey(t);
  const { code, stdout, stderr } = await home.ov([
    "run",
    ...HERE,
    "--",
    "sh",
    "-c",
    "echo value=$KEY; echo again=$KEY >&2; exit 7",
  ]);
  assert.equal(code, 7);
  assert.equal(stdout, "value=[redacted:KEY]\n");
  assert.match(stderr, /again=\[redacted:KEY\]/);
  assert.ok(!`${stdout}${stderr}`.includes(VALUE));
});

test("S84 what the command prints is redacted on a terminal too", async (t) => {
  const home = await vaultWithKey(t);
  const person = atTerminal(t, home, ["run", ...HERE, ...PRINT]);
  await person.see("Master password:");
  person.type(`${PASSWORD}${ENTER}`);
  await person.see("value=[redacted:KEY]");
  assert.equal(await person.exit, 0);
  assert.ok(!person.screen.includes(VALUE));
});

test("the command gets what comes on stdin, and its own arguments untouched", async (t) => {
  const home = await vaultWithKey(t);
  const { stdout, code } = await home.ov(
    ["run", ...HERE, "--", "sh", "-c", 'cat; echo "$@"', "sh", "--json", "-a", "x y"],
    { input: "in\n" },
  );
  assert.deepEqual([code, stdout], [0, "in\n--json -a x y\n"]);
});

test("only the names that were asked for are in the environment", async (t) => {
  const home = await vaultWithKey(t);
  await home.ov(["secret", "create", "shop/dev/OTHER", "-g"]);
  const { stdout } = await home.ov([
    "run",
    ...HERE,
    "-s",
    "KEY",
    "--",
    "sh",
    "-c",
    "env | grep -c -e ^KEY= -e ^OTHER=",
  ]);
  assert.equal(stdout, "1\n");
  assert.equal((await home.ov(["run", ...HERE, "-s", "NONE", "--", "true"])).code, 7);
});

test("a command that doesn't exist is 127, and a wrong option is 2", async (t) => {
  const home = await vaultWithKey(t);
  assert.equal((await home.ov(["run", ...HERE, "--", "no-such-program-here"])).code, 127);
  assert.equal((await home.ov(["run", "--no-such-option", "--", "true"])).code, 2);
  assert.equal((await home.ov(["run", ...HERE])).code, 2);
  assert.equal((await home.ov(["run", "--", "true"])).code, 2, "no context");
});

test("S83 redaction is switched off for a person with the master password only", async (t) => {
  const home = await vaultWithKey(t);
  const refused = await home.ov(["run", "--no-redact", ...HERE, ...PRINT]);
  assert.equal(refused.code, 5);
  assert.ok(!`${refused.stdout}${refused.stderr}`.includes(VALUE));

  await home.ov(["unlock"]);
  await approveAll(home, "shop", "dev");
  const stranger = atTerminal(t, home, ["run", "--no-redact", ...HERE, ...PRINT], { askpass: true });
  for (let tries = 3; tries > 0; tries--) {
    await stranger.see("Master password:");
    stranger.type(`a wrong one${ENTER}`);
    if (tries > 1) await stranger.see("not the master password");
  }
  assert.equal(await stranger.exit, 4);
  assert.ok(!stranger.screen.includes(VALUE));

  const person = atTerminal(t, home, ["run", "--no-redact", ...HERE, ...PRINT]);
  await person.see("Master password:");
  person.type(`${PASSWORD}${ENTER}`);
  await person.see(`value=${VALUE}`);
  assert.equal(await person.exit, 0);
});

test("the password that switches redaction off also approves the run: it is asked for once", async (t) => {
  const home = await vaultWithKey(t);
  await home.ov(["unlock"]);
  const person = atTerminal(t, home, ["run", "--no-redact", ...HERE, ...PRINT]);
  await person.see("Master password:");
  person.type(`${PASSWORD}${ENTER}`);
  await person.see("Your answer:");
  person.type(`${DOWN}${ENTER}`);
  await person.see(`value=${VALUE}`);
  assert.equal(await person.exit, 0);
});

test("S85 with an unlocked agent and no terminal a run is refused until a person approved it with the master password", async (t) => {
  const home = await vaultWithKey(t);
  await home.ov(["unlock"]);
  const run = ["run", ...HERE, ...PRINT];
  const refused = await home.ov(run);
  assert.equal(refused.code, 5);
  const id = /ov approve ([0-9a-f]{8})/.exec(refused.stderr)?.[1];
  assert.ok(id, refused.stderr);
  // The program that asks can't say yes to itself: not without a terminal, and not by OV_ASKPASS.
  assert.equal((await home.ov(["approve", id])).code, 5);
  assert.equal((await home.ov(["approve", "shop/dev", "--for", "1h"])).code, 5);
  assert.equal((await home.ov(run)).code, 5);

  const listed = JSON.parse((await home.ov(["approve", "--list", "--json"])).stdout);
  assert.equal(listed.pending.length, 1);
  assert.equal(listed.pending[0].command, "no shell: sh -c 'echo value=$KEY'");

  const person = atTerminal(t, home, ["approve", id], { askpass: true });
  await person.see("echo value=$KEY");
  await person.see(home.project);
  await person.see("Your answer:");
  person.type(`${DOWN}${ENTER}`);
  await person.see("Master password:");
  person.type(`${PASSWORD}${ENTER}`);
  await person.see("Approved.");
  assert.equal(await person.exit, 0);
  assert.equal((await home.ov(run)).stdout, "value=[redacted:KEY]\n");
  assert.equal((await home.ov(run)).code, 5, "once is once");
});

test("a denied request is refused to the one who asked, without a password", async (t) => {
  const home = await vaultWithKey(t);
  await home.ov(["unlock"]);
  const run = ["run", ...HERE, ...PRINT];
  const id = /ov approve ([0-9a-f]{8})/.exec((await home.ov(run)).stderr)![1]!;
  const person = atTerminal(t, home, ["approve", id]);
  await person.see("Your answer:");
  person.type(ENTER);
  await person.see("Refused.");
  assert.equal(await person.exit, 0);
  const { code, stderr } = await home.ov(run);
  assert.equal(code, 6);
  assert.match(stderr, /refused/);
});

test("at a terminal the same process asks, and goes on", async (t) => {
  const home = await vaultWithKey(t);
  await home.ov(["unlock"]);
  const person = atTerminal(t, home, ["run", ...HERE, ...PRINT]);
  await person.see("Run a command with secrets of shop/dev");
  await person.see("Your answer:");
  person.type(`${DOWN}${DOWN}${ENTER}`);
  await person.see("Master password:");
  person.type(`${PASSWORD}${ENTER}`);
  await person.see("value=[redacted:KEY]");
  assert.equal(await person.exit, 0);
  assert.equal((await home.ov(["run", ...HERE, ...PRINT])).code, 0, "this exact command until the vault locks");
  assert.equal((await home.ov(["run", ...HERE, "--", "true"])).code, 5);
});

test("a window ahead takes the password, lets every command of that environment through, and can be ended", async (t) => {
  const home = await vaultWithKey(t);
  await home.ov(["unlock"]);
  const person = atTerminal(t, home, ["approve", "shop/dev", "--for", "15m"], { askpass: true });
  await person.see("Master password:");
  person.type(`${PASSWORD}${ENTER}`);
  await person.see("Approved until");
  assert.equal(await person.exit, 0);
  assert.equal((await home.ov(["run", ...HERE, "--", "true"])).code, 0);
  const { approvals } = JSON.parse((await home.ov(["approve", "--list", "--json"])).stdout);
  assert.equal(approvals[0].context, "shop/dev");
  assert.equal((await home.ov(["approve", "--end", "all"])).code, 0);
  assert.equal((await home.ov(["run", ...HERE, "--", "true"])).code, 5);
});

test("S95 a project file that nobody has seen stops a run without a terminal, and is shown to a person in full", async (t) => {
  const home = await vaultWithKey(t);
  writeFileSync(join(home.project, ".ov.yaml"), "app: shop\nenvironment: dev # from a stranger\n");
  const refused = await home.ov(["run", ...PRINT]);
  assert.equal(refused.code, 5, refused.stderr);
  const person = atTerminal(t, home, ["run", ...PRINT]);
  await person.see("Master password:");
  person.type(`${PASSWORD}${ENTER}`);
  await person.see("environment: dev # from a stranger");
  person.type(`${DOWN}${ENTER}`);
  await person.see("value=[redacted:KEY]");
  assert.equal(await person.exit, 0);
  assert.equal((await home.ov(["run", ...PRINT])).code, 0, "seen once is enough");
  writeFileSync(join(home.project, ".ov.yaml"), "app: shop\nenvironment: dev # changed\n");
  assert.equal((await home.ov(["run", ...PRINT])).code, 5, "a change is new");
});

test("production is shown even where the password was given for this command", async (t) => {
  const home = await vaultWithKey(t, "production");
  const person = atTerminal(t, home, ["run", "-a", "shop", "-e", "production", ...PRINT]);
  await person.see("Master password:");
  person.type(`${PASSWORD}${ENTER}`);
  await person.see("(production)");
  await person.see("Your answer:");
  person.type(ENTER);
  assert.equal(await person.exit, 6);
  assert.ok(!person.screen.includes("value=[redacted:KEY]"), "it did not run");
});

test("S90 an unlocked agent is no licence to change: without a terminal, overwriting and deleting wait for an approval", async (t) => {
  const home = await vaultWithKey(t);
  await home.ov(["unlock"]);
  for (const args of [
    ["secret", "update", "shop/dev/KEY", "-g", "--yes"],
    ["secret", "delete", "shop/dev/KEY", "--yes"],
    ["secret", "rename", "shop/dev/KEY", "OTHER", "--yes"],
  ]) {
    assert.equal((await home.ov(args)).code, 5, args.join(" "));
  }
  assert.equal((await home.ov(["env", "delete", "shop/dev"])).code, 5);
  const { secrets } = JSON.parse((await home.ov(["secret", "list", ...HERE, "--json"])).stdout);
  assert.deepEqual(
    secrets.map(({ name, version }: { name: string; version: number }) => [name, version]),
    [["KEY", 1]],
  );
});

test("a shell at a terminal has the secrets, and its output is redacted", async (t) => {
  const home = await vaultWithKey(t);
  assert.equal((await home.ov(["shell", ...HERE])).code, 5);
  const person = atTerminal(t, home, ["shell", ...HERE, "--shell", "/bin/sh"]);
  await person.see("Master password:");
  person.type(`${PASSWORD}${ENTER}`);
  await person.see("(shop/dev)");
  person.type(`echo value=$KEY${ENTER}`);
  await person.see("value=[redacted:KEY]");
  await person.see("(shop/dev)");
  person.type(`exit 4${ENTER}`);
  assert.equal(await person.exit, 4);
  assert.ok(!person.screen.includes(VALUE));
});

test("S368 with an unlocked agent a disguised value is told on stderr, and the next run is asked about", async (t) => {
  const home = await vaultWithKey(t);
  await home.ov(["unlock"]);
  await approveAll(home, "shop", "dev");
  const run = (line: string) => home.ov(["run", ...HERE, "--", "sh", "-c", line], { askpass: false });
  const usual = await run("echo $KEY");
  assert.deepEqual([usual.code, usual.stderr], [0, ""]);
  const disguised = await run("echo $KEY | rev");
  assert.equal(disguised.code, 0);
  assert.match(
    disguised.stderr,
    /printed KEY in a form that hides a value[\s\S]*approved for longer in shop\/dev has ended/,
  );
  assert.equal((await run("echo $KEY")).code, 5);
});

test("with an unlocked agent a shell at a terminal asks, and goes on", async (t) => {
  const home = await vaultWithKey(t);
  await home.ov(["unlock"]);
  const person = atTerminal(t, home, ["shell", ...HERE, "--shell", "/bin/sh"]);
  await person.see("Open a shell with secrets of shop/dev");
  await person.see("Your answer:");
  person.type(`${DOWN}${ENTER}`);
  await person.see("Master password:");
  person.type(`${PASSWORD}${ENTER}`);
  await person.see("(shop/dev)");
  person.type(`exit 4${ENTER}`);
  assert.equal(await person.exit, 4);
});

test("S37 a shell is a command like any other to a .ov.yaml that lists commands", async (t) => {
  const home = await vaultWithKey(t);
  writeFileSync(join(home.project, ".ov.yaml"), "app: shop\nenvironment: dev\ncommands:\n  npm test: [KEY]\n");
  const person = atTerminal(t, home, ["shell", ...HERE, "--shell", "/bin/sh"]);
  await person.see("this is none of them");
  assert.equal(await person.exit, 6);
});
