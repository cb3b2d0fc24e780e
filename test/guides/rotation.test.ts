import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Home, newVault, PASSWORD } from "../cli/fixtures/home.ts";
import { atTerminal, ENTER, type PersonAtTerminal } from "../cli/fixtures/terminal.ts";
import { blocksOf, programsOf } from "./guide.ts";
import { runBlock } from "./run-block.ts";

const FIRST = "qvFirst-9f2Lw81zXcRt7PbK";
const TOKEN = "qvAdmin-77hTz04mBnKe2Lsw";

/** An API with labelled keys, behind a `curl` of our own. */
function fakeApi(home: Home) {
  const folder = join(home.root, "api");
  mkdirSync(folder);
  const keys = join(folder, "keys");
  writeFileSync(keys, `first ${FIRST}\n`);
  const curl = join(home.root, "bin", "curl");
  const say = (more: string): void =>
    writeFileSync(
      curl,
      `#!/bin/sh
grep -q 'Bearer ${TOKEN}' || exit 22
for url; do :; done
label="\${url##*=}"
${more}
case "$* " in
  *POST*) key="qvKey-$(od -An -N12 -tx1 /dev/urandom | tr -d ' \\n')"; echo "$label $key" >> '${keys}'; echo "$key" ;;
  *other-than*) grep "^$label " '${keys}' > '${keys}.new'; mv '${keys}.new' '${keys}' ;;
  *) grep -v "^$label " '${keys}' > '${keys}.new'; mv '${keys}.new' '${keys}' ;;
esac
`,
    );
  say("");
  chmodSync(curl, 0o755);
  const lines = (): readonly string[] => readFileSync(keys, "utf8").split("\n").filter(Boolean);
  return { say, valid: () => lines().map((line) => line.split(" ")[1]!) };
}

async function hashIn(home: Home, name: string): Promise<string> {
  const script = `printf %s "$${name}" | sha256sum`;
  const run = ["run", "-a", "shop", "-e", "dev", "-s", name, "--", "sh", "-c", script];
  return (await home.ov(run)).stdout.slice(0, 64);
}

function hashOf(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}

test("every command of the guide on rotation does what it says", async (t) => {
  const home = await newVault(t);
  const path = programsOf(home);
  const api = fakeApi(home);
  const secrets = { "dev/API_KEY": FIRST, "dev/ADMIN_TOKEN": TOKEN, "dev/SESSION_SECRET": FIRST };
  for (const [place, input] of Object.entries({
    ...secrets,
    ...{ "staging/SESSION_SECRET": `${FIRST}-staging`, "dev/WEBHOOK_KEY": FIRST },
  })) {
    assert.equal((await home.ov(["secret", "create", `shop/${place}`, "--stdin"], { input })).code, 0);
  }
  const blocks = blocksOf("rotation.md", "sh");
  const asked = blocksOf("rotation.md", "console");
  assert.deepEqual([blocks.length, asked.length], [9, 5]);
  const [when, generate, program, resume, abort, exposed, back, show, who] = blocks as [
    ...[string, string, string, string, string, string, string, string, string],
  ];
  const [typed, several, revoked, clear, diff] = asked as [string, string, string, string, string];
  let told = "";
  const run = async (block: string): Promise<string> => {
    const { code, stdout, stderr } = await runBlock(home, block, path);
    assert.equal(code, 0, `${block}\n${stderr}`);
    told += stdout + stderr;
    return stdout + stderr;
  };
  const terminal = (block: string, env = {}): PersonAtTerminal =>
    atTerminal(t, home, ["-ec", block], { program: "/bin/sh", env: { PATH: path, ...env } });
  const prove = async (person: PersonAtTerminal): Promise<void> => {
    await person.see("Master password:");
    person.type(`${PASSWORD}${ENTER}`);
  };

  assert.match(await run(when), /API_KEY/);
  await run(generate);
  assert.notEqual(await hashIn(home, "SESSION_SECRET"), hashOf(FIRST));
  const typing = terminal(typed);
  await prove(typing);
  await typing.see("Value of shop/dev/WEBHOOK_KEY:");
  typing.type(`qvTyped-55kLm2Np9QsTv${ENTER}`);
  assert.equal(await typing.exit, 0);
  assert.equal(await hashIn(home, "WEBHOOK_KEY"), hashOf("qvTyped-55kLm2Np9QsTv"));
  const rotating = terminal(several);
  await prove(rotating);
  await rotating.see("Rotated SESSION_SECRET in shop/dev.");
  await rotating.see("Rotated SESSION_SECRET in shop/staging.");
  assert.equal(await rotating.exit, 0);

  const isOneKey = async (): Promise<void> => {
    assert.deepEqual(api.valid().map(hashOf), [await hashIn(home, "API_KEY")]);
  };
  await run(program);
  await isOneKey();
  assert.notDeepEqual(api.valid(), [FIRST]);
  const killAt = async (what: string): Promise<void> => {
    api.say(`case "$*" in *${what}*) kill -9 "$(cat '${home.root}/ov-pid')";; esac`);
    const script = `echo $$ > '${home.root}/ov-pid'; exec ov secret rotate shop/dev/API_KEY --secrets ADMIN_TOKEN -- ./rotate-key.sh`;
    assert.notEqual((await runBlock(home, script, path)).code, 0);
    api.say("");
  };
  await killAt("POST");
  await run(resume);
  await isOneKey();
  await killAt("POST");
  const before = await hashIn(home, "API_KEY");
  await run(abort);
  assert.equal(await hashIn(home, "API_KEY"), before);
  await isOneKey();
  await killAt("other-than");
  const ending = terminal(revoked);
  await prove(ending);
  await ending.see("Have you revoked the old value");
  ending.type(`y${ENTER}`);
  assert.equal(await ending.exit, 0);

  await run(exposed);
  assert.ok(!existsSync(join(home.project, "debug.log")));
  assert.match(told, /values were left in 1 file/);
  await home.ov(["run", "-a", "shop", "-e", "dev", "--", "sh", "-c", 'printf %s "$WEBHOOK_KEY" > left; rm -f nothing']);
  const clearing = terminal(clear);
  await prove(clearing);
  await clearing.see("not marked as exposed");
  assert.equal(await clearing.exit, 0);

  await run(back);
  assert.equal(await hashIn(home, "SESSION_SECRET"), hashOf(FIRST));
  assert.match(await run(show), /shop\/dev .*\n?shop\/staging/);
  const comparing = terminal(diff);
  await prove(comparing);
  await comparing.see("DIFFERS");
  assert.equal(await comparing.exit, 0);
  assert.match(await run(who), /rotate .*API_KEY/);
  for (const value of [FIRST, TOKEN, ...api.valid()]) assert.ok(!told.includes(value));
});
