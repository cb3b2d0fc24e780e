import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { type Home, newVault, PASSWORD } from "./fixtures/home.ts";
import { atTerminal, ENTER } from "./fixtures/terminal.ts";

const OLD = "qvOld-9f2Lw81zXcRt7PbK";

/** A source of values that is a file, and a program for it, which does `more` before it ends. */
function newSource(t: TestContext) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ov-source-")));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [valid, program] = [join(folder, "valid"), join(folder, "rotate.sh")];
  const alter = (more: string): void => {
    writeFileSync(
      program,
      `#!/bin/sh
case "$OV_ROTATION_STEP" in
  make) made="qvNew-$(od -An -N12 -tx1 /dev/urandom | tr -d ' \\n')"
    { grep -v " $OV_ROTATION" '${valid}'; echo "$made $OV_ROTATION"; } > '${valid}.new'; mv '${valid}.new' '${valid}'
    ${more}
    echo "$made" ;;
  revoke) echo "$OV_NEW_VALUE $OV_ROTATION" > '${valid}'
    ${more} ;;
  discard) echo "$OV_OLD_VALUE -" > '${valid}'
    ${more} ;;
esac
`,
    );
    chmodSync(program, 0o700);
  };
  writeFileSync(valid, `${OLD} -\n`);
  alter("");
  const values = (): readonly string[] =>
    readFileSync(valid, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split(" ")[0]!);
  return { program, alter, values };
}

/** SHA-256 of what a run gets, since the value itself is redacted in every form. */
async function hashIn(home: Home, environment: string): Promise<string> {
  const script = 'printf %s "$KEY" | sha256sum';
  const { stdout } = await home.ov(["run", "-a", "shop", "-e", environment, "--", "sh", "-c", script]);
  return stdout.slice(0, 64);
}

function hashOf(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}

async function withKey(t: TestContext, ...environments: readonly string[]): Promise<Home> {
  const home = await newVault(t);
  for (const environment of environments) {
    const { code, stderr } = await home.ov(["secret", "create", `shop/${environment}/KEY`, "--stdin"], { input: OLD });
    assert.equal(code, 0, stderr);
  }
  return home;
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

test("a program rotates a value; what it prints for people is shown without the value", async (t) => {
  const home = await withKey(t, "dev");
  const source = newSource(t);
  source.alter('echo "step $OV_ROTATION_STEP: $made$OV_NEW_VALUE" >&2');
  const { code, stdout, stderr } = await home.ov(["secret", "rotate", "shop/dev/KEY", "--", source.program]);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "");
  assert.match(stderr, /step make: .*\n(.*\n)*step revoke: .*\n(.*\n)*Rotated KEY in shop\/dev\./);
  assert.doesNotMatch(stderr, /qvNew|qvOld/);
  assert.deepEqual(source.values().map(hashOf), [await hashIn(home, "dev")]);
});

test("a generated value goes to each of several environments, after the master password at a terminal", async (t) => {
  const home = await withKey(t, "dev", "staging");
  const args = ["secret", "rotate", "KEY", "-a", "shop", "--env", "dev,staging", "-g"];
  const alone = await home.ov(args);
  assert.equal(alone.code, 5, alone.stderr);
  const person = atTerminal(t, home, [...args, "--yes"]);
  await person.see("Master password");
  person.type(`${PASSWORD}${ENTER}`);
  await person.see("Rotated KEY in shop/dev, shop/staging.");
  assert.equal(await person.exit, 0);
  assert.notEqual(await hashIn(home, "dev"), hashOf(OLD));
  assert.equal(await hashIn(home, "dev"), await hashIn(home, "staging"));
});

test("S275 a rotation that is killed leaves no value on the disk in clear, and goes on with --resume", async (t) => {
  const home = await withKey(t, "dev");
  const source = newSource(t);
  for (const [step, phase] of [
    ["make", "no new value is kept yet"],
    ["revoke", "the old one is to be revoked"],
  ] as const) {
    const [old] = source.values();
    source.alter(`[ "$OV_ROTATION_STEP" != ${step} ] || kill -9 $PPID`);
    const killed = await home.ov(["secret", "rotate", "shop/dev/KEY", "--", source.program]);
    assert.equal(killed.code, null, killed.stderr);
    const made = source.values().filter((value) => value !== old);
    assert.equal(made.length, 1, step);
    for (const file of filesBelow(home.root)) {
      const bytes = readFileSync(file);
      for (const value of [old!, ...made]) assert.ok(!bytes.includes(value), `${file} holds a value after ${step}`);
    }
    const again = await home.ov(["secret", "rotate", "shop/dev/KEY", "-g"]);
    assert.equal(again.code, 9);
    assert.match(again.stderr, /has not ended/);

    source.alter("");
    const unnamed = await home.ov(["secret", "rotate", "--resume"]);
    assert.equal(unnamed.code, 5, "a program that is kept runs only if a person sees it");
    assert.match(unnamed.stderr, new RegExp(phase));
    const resumed = await home.ov(["secret", "rotate", "KEY", "--resume", "--", source.program]);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.deepEqual(source.values().map(hashOf), [await hashIn(home, "dev")]);
    assert.match((await home.ov(["secret", "rotate", "--resume"])).stderr, /No rotation is under way/);
  }
});

test("a rotation that was killed while it made a value is shown by status, and given up with --abort", async (t) => {
  const home = await withKey(t, "dev");
  const source = newSource(t);
  source.alter('[ "$OV_ROTATION_STEP" != make ] || kill -9 $PPID');
  await home.ov(["secret", "rotate", "shop/dev/KEY", "--", source.program]);
  assert.equal((await home.ov(["unlock"])).code, 0);
  assert.match(
    (await home.ov(["status"])).stdout,
    /rotation {3}of shop\/dev\/KEY, begun .*no new value is kept yet\. "ov/,
  );
  const { rotations } = JSON.parse((await home.ov(["status", "--json"])).stdout);
  assert.deepEqual([rotations.length, rotations[0].phase, rotations[0].contexts], [1, "making", ["shop/dev"]]);
  await home.ov(["lock"]);
  const { code, stderr } = await home.ov(["secret", "rotate", "shop/dev/KEY", "--abort", "--", source.program]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(source.values(), [OLD]);
  assert.equal(await hashIn(home, "dev"), hashOf(OLD));
});

test("S384 a rotation that another process is at is neither resumed, given up nor begun anew, and status says so", async (t) => {
  const home = await withKey(t, "dev");
  const source = newSource(t);
  const [started, go] = [`${source.program}.started`, `${source.program}.go`];
  const wait = `touch '${started}'; for i in $(seq 600); do [ -e '${go}' ] && break; sleep 0.1; done`;
  source.alter(`[ "$OV_ROTATION_STEP" != make ] || { ${wait}; }`);
  const first = home.ov(["secret", "rotate", "shop/dev/KEY", "--", source.program]);
  for (let i = 0; i < 600 && !existsSync(started); i++) await setTimeout(100);
  for (const way of ["--resume", "--abort"]) {
    const { code, stderr } = await home.ov(["secret", "rotate", "KEY", way, "--", source.program]);
    assert.equal(code, 9, stderr);
    assert.match(stderr, /Another process is at this rotation now/);
  }
  const anew = await home.ov(["secret", "rotate", "shop/dev/KEY", "-g"]);
  assert.match(anew.stderr, /Another process is at this rotation now/);
  assert.equal((await home.ov(["unlock"])).code, 0);
  assert.match((await home.ov(["status"])).stdout, /no new value is kept yet\. Another process is at it now\./);
  writeFileSync(go, "");
  const { code, stderr } = await first;
  assert.equal(code, 0, stderr);
  assert.doesNotMatch((await home.ov(["status"])).stdout, /rotation {3}of/);
  await home.ov(["lock"]);
  assert.deepEqual(source.values().map(hashOf), [await hashIn(home, "dev")]);
});

test("a person goes on with the program that is kept, once they have seen it", async (t) => {
  const home = await withKey(t, "dev");
  const source = newSource(t);
  source.alter('[ "$OV_ROTATION_STEP" != revoke ] || kill -9 $PPID');
  await home.ov(["secret", "rotate", "shop/dev/KEY", "--", source.program]);
  source.alter("");
  const person = atTerminal(t, home, ["secret", "rotate", "--resume"], { askpass: true });
  await person.see(source.program);
  person.type(`y${ENTER}`);
  await person.see("Rotated KEY in shop/dev.");
  assert.equal(await person.exit, 0);
  assert.deepEqual(source.values().map(hashOf), [await hashIn(home, "dev")]);
});

test("with an unlocked agent and nobody there, a program's rotation waits for an approval and has begun nothing", async (t) => {
  const home = await withKey(t, "dev");
  const source = newSource(t);
  assert.equal((await home.ov(["unlock"])).code, 0);
  const { code, stderr } = await home.ov(["secret", "rotate", "shop/dev/KEY", "--", source.program]);
  assert.equal(code, 5, stderr);
  assert.match(stderr, /ov approve/);
  assert.deepEqual(source.values(), [OLD]);
  assert.match((await home.ov(["secret", "rotate", "--resume"])).stderr, /No rotation is under way/);
});

test("rotating a secret that isn't there, or with two sources, is refused", async (t) => {
  const home = await withKey(t, "dev");
  assert.equal((await home.ov(["secret", "rotate", "shop/dev/NONE", "-g"])).code, 7);
  assert.equal((await home.ov(["secret", "rotate", "shop/dev/KEY", "-g", "--", "true"])).code, 2);
  assert.equal((await home.ov(["secret", "rotate", "shop/dev/KEY", "-g", "--secrets", "OTHER"])).code, 2);
  assert.equal((await home.ov(["secret", "rotate"])).code, 2);
  const missing = await home.ov(["secret", "rotate", "shop/dev/KEY", "--", "/nowhere/rotate"]);
  assert.equal(missing.code, 127, missing.stderr);
  assert.match((await home.ov(["secret", "rotate", "--resume"])).stderr, /No rotation is under way/);
});
