import assert from "node:assert/strict";
import { test } from "node:test";
import { localAccess } from "#core/run/local-access.ts";
import { MatcherCache } from "#core/run/matcher-cache.ts";
import { compileRunMatcher } from "#core/run/run-matcher.ts";
import { RunWatch } from "#core/run/run-watch.ts";
import { decodeOutput, runWithSecrets } from "#core/run/run-with-secrets.ts";
import type { AlarmNotice } from "#core/run/vault-access.ts";
import { createEnvironment } from "#core/vault/apps.ts";
import { isVaultError } from "#core/vault-error.ts";
import { type LeakCase, leakMatrix, moreCases } from "../../leak-matrix/cases.ts";
import { runCase, valuesOf } from "../../leak-matrix/run-case.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { DEV, KEY, newVault, PASSWORD, put, STAGING } from "../vault/fixture.ts";
import { API_KEY, CONTEXT, leased } from "./leased.ts";

const NODE = JSON.stringify(process.execPath);

/** Runs a shell line with API_KEY, and says what was found of it. */
async function alarmOf(line: string, values?: Record<string, string>) {
  const { deps, outcomes } = values === undefined ? leased() : leased(values);
  const cwd = temporaryFolder("ov-alarm-");
  const result = await runWithSecrets(deps, { client: "test", context: CONTEXT, command: line, cwd });
  assert.deepEqual(outcomes[0]?.alarm, result.alarm);
  return { alarm: result.alarm, stdout: decodeOutput(result.stdout), stderr: decodeOutput(result.stderr), result };
}

for (const [what, line] of Object.entries({
  "by env": "env",
  "by printenv": "printenv",
  "by export": "export -p",
  "by /proc": "cat /proc/self/environ",
  "by Node as JSON": `${NODE} -p 'JSON.stringify(process.env)'`,
  "in base64": "env | base64",
  "into a file": "env > env.txt",
})) {
  test(`S365 a run whose environment is printed ${what} is told so`, async () => {
    const { alarm, stdout, result } = await alarmOf(line);
    assert.equal(alarm?.dumped, true, stdout);
    assert.ok(!stdout.includes(API_KEY));
    assert.deepEqual(
      Object.keys(result.redactions).filter((name) => name !== "API_KEY"),
      [],
    );
    assert.deepEqual(
      [...result.leaked.files.flatMap(({ names }) => names)].filter((name) => name !== "API_KEY"),
      [],
    );
  });
}

test("S365 one variable, or the names alone, are no dump", async () => {
  for (const line of [
    "echo $API_KEY",
    "printenv API_KEY",
    "compgen -e || true",
    `${NODE} -p 'Object.keys(process.env)+""'`,
  ]) {
    assert.equal((await alarmOf(line)).alarm, undefined, line);
  }
});

test("the made-up variable has a name of its own and is another one for other secrets and in another process", async () => {
  const one = await compileRunMatcher([{ name: "A", value: Buffer.from(API_KEY) }]);
  const other = await compileRunMatcher([{ name: "A", value: Buffer.from(API_KEY) }]);
  assert.match(one.canary.name, /^[A-Z]+_[A-Z]+_(TOKEN|KEY|SECRET)$/);
  assert.notDeepEqual(one.canary.value, other.canary.value);
});

const HIDING: Readonly<Record<string, string>> = {
  reversed: "printf %s $API_KEY | rev",
  "in rot13": "printf %s $API_KEY | tr A-Za-z N-ZA-Mn-za-m",
  "in hex": "printf %s $API_KEY | od -An -tx1 | tr -d ' \\n'",
  "a character a line": "printf %s $API_KEY | fold -w 1",
  "with dots between": "printf %s $API_KEY | sed 's/./&./g'",
  "in gzip and base64": "printf %s $API_KEY | gzip -9 | base64 -w 0",
  "in base32": "printf %s $API_KEY | base32 -w 0",
};

for (const [what, line] of Object.entries(HIDING)) {
  test(`S366 a value that is printed ${what} is redacted as before, and told as evasive`, async () => {
    const { alarm, stdout } = await alarmOf(line);
    assert.deepEqual(alarm, { dumped: false, evasive: ["API_KEY"] }, stdout);
    assert.match(stdout, /\[redacted:API_KEY\]/);
  });
}

test("S366 a value that is split between stdout and stderr is withheld as before, and told as evasive", async () => {
  const halves = "printf %s $API_KEY | cut -c 1-7; printf %s $API_KEY | cut -c 8- >&2";
  const { alarm, stdout, stderr } = await alarmOf(halves, { API_KEY: "qv7Tz4mBn93kXw" });
  assert.deepEqual([alarm, stdout], [{ dumped: false, evasive: ["API_KEY"] }, ""]);
  assert.match(stderr, /withheld/);
});

const DB = "postgres://shop:p4ss+W0rd/9xQz7Lm2@db.example:5432/shop?sslmode=require";
const SYMBOLS = `q7"Zt'4m\\B<9&3k$X%w2L/p+R8=s`;
const HEX = "0b7cf2a94d1e8f3356a09c1be7d24f80";
const USUAL: Readonly<Record<string, string>> = {
  "as it is": 'echo $API_KEY; echo "$DB"; printf \'%s\\n\' "$SYMBOLS"',
  "in set -x": 'set -x; : $API_KEY "$DB" "$SYMBOLS"',
  "by printf %q": 'printf "%q\\n" "$SYMBOLS"',
  "in JSON": `${NODE} -p 'JSON.stringify([process.env.API_KEY, process.env.SYMBOLS, {a: process.env.DB}])'`,
  "in JSON within JSON": `${NODE} -p 'JSON.stringify(JSON.stringify([process.env.SYMBOLS, process.env.DB]))'`,
  "in a URL": `${NODE} -p 'encodeURIComponent(process.env.SYMBOLS)+"&"+new URLSearchParams({k: process.env.DB, s: process.env.SYMBOLS})'`,
  "in HTML": `${NODE} -p 'process.env.SYMBOLS.replace(/[<>&"]/g, c => "&#"+c.charCodeAt()+";")'`,
  "in Basic auth": 'printf "Authorization: Basic %s\\n" "$(printf "user:%s" "$API_KEY" | base64 -w 0)"',
  "as base64 of a Kubernetes secret": 'printf "  key: %s\\n" "$(printf %s "$SYMBOLS" | base64)"',
  "as base64 in lines": 'printf "%s and %s" "$DB" "$API_KEY" | base64 -w 20',
  "as a URL's base64": 'printf %s "$DB" | basenc --base64url -w 0',
  cut: "printf '%.18s…\\n' $API_KEY; printf %s $API_KEY | tail -c 15",
  wrapped: "printf %s $API_KEY | fold -w 10",
  "in colours": "printf '\\033[31m%s\\033[0m\\n' $API_KEY; printf %s $API_KEY | sed 's/./\\x1b[3&m&/g'",
  "in capitals": "printf %s $API_KEY | tr a-z A-Z",
  "a hex key as its bytes":
    'printf %s $HEX | fold -w 2 | sed "s/^/\\\\\\\\x/" | tr -d "\\n" | xargs -0 printf | base64',
  "by a Python traceback": `python3 -c 'import os; raise ValueError(os.environ["DB"], os.environ["SYMBOLS"])'`,
  "by Node's error": `${NODE} -e 'throw new Error("bad " + process.env.SYMBOLS + process.env.DB)'`,
  "by hexdump -C": "printf %s $API_KEY | hexdump -C 2>/dev/null || true",
  "in a Docker configuration in a Kubernetes secret":
    'printf \'{"auths":{"r":{"auth":"%s"}}}\' "$(printf "user:%s" "$API_KEY" | base64 -w 0)" | base64 -w 0',
  "a hex key as a fingerprint": 'printf %s "$HEX" | sed "s/../&:/g"',
  "by git": 'git ls-remote "https://user:$API_KEY@127.0.0.1:9/x.git"; git config --list; git remote -v',
  "by curl -v": 'curl -sv -m 2 -u "user:$API_KEY" -H "X-Key: $SYMBOLS" "http://127.0.0.1:9/?k=$API_KEY"',
  "by npm": `npm config set //127.0.0.1/:_authToken "$API_KEY" --location project; cat .npmrc`,
  "by psql": 'psql "$DB" -c "select 1"; echo "psql: error: connection to \\"$DB\\" failed"',
  "as docker inspect shows it": `${NODE} -p 'JSON.stringify([{Config: {Env: ["API_KEY="+process.env.API_KEY, "DB="+process.env.DB, "S="+process.env.SYMBOLS]}}], null, 4)'`,
};

for (const [what, line] of Object.entries(USUAL)) {
  test(`S367 a value that is printed ${what} is no alarm`, async () => {
    const { alarm, stdout, stderr } = await alarmOf(line, { API_KEY, DB, SYMBOLS, HEX, PIN: "4821", SHORT: "hunter2" });
    assert.equal(alarm, undefined, `${stdout}\n${stderr}`);
  });
}

/** A key's own bytes in xxd and od. */
const BYTES = new Set(["P28", "P29"]);
const PASSING = new Set(["plain", "shell", "url", "multiline", "clean"]);
const { cases, fixtures } = leakMatrix();
const all = [...cases, ...moreCases()];

test("S367 the leak matrix' clean texts, logs, errors, shells' quoting, URLs and keys in lines are no alarm", async () => {
  const passing = all.filter(
    ({ id, group, expected }) => (PASSING.has(group) && !BYTES.has(id)) || expected === "unchanged",
  );
  assert.ok(passing.length > 80, String(passing.length));
  for (const one of passing) assert.equal(await matrixAlarm(one), undefined, `${one.id} ${one.command}`);
});

test("S366 the leak matrix' ciphers, letters on lines and packed values are evasive", async () => {
  for (const id of ["B70", "P01", "P02", "P06", "C06", "C08", "B15", "N12", "B35", "B20", "B22", "N45", "C26"]) {
    const one = all.find((each) => each.id === id)!;
    assert.deepEqual(await matrixAlarm(one), { dumped: false, evasive: ["SECRET"] }, `${id} ${one.command}`);
  }
});

async function matrixAlarm({ command, fixture }: LeakCase) {
  const { stdout, stderr } = await runCase(command, fixtures[fixture]!);
  const matcher = await compileRunMatcher(valuesOf(fixtures[fixture]!));
  const watch = new RunWatch(matcher, matcher);
  for (const bytes of [stdout, stderr]) {
    const redactor = watch.matcher.redactor();
    redactor.push(bytes);
    redactor.end();
  }
  return watch.alarm();
}

test("S367 the environment itself is a dump, and nothing evasive, in whatever order", async () => {
  for (const line of ["env", "env | sort -r", "export -p", "cat /proc/self/environ | tr '\\0' '\\n'"]) {
    assert.deepEqual((await alarmOf(line, { API_KEY, DB, SYMBOLS, HEX })).alarm, { dumped: true, evasive: [] }, line);
  }
});

test("a file in which a value is packed is told as a leak, and is nothing evasive", async () => {
  const { alarm, result } = await alarmOf("echo $API_KEY | gzip > log.gz; printf %s $API_KEY | rev > x");
  assert.equal(alarm, undefined);
  assert.ok(result.leaked.files.length > 0);
});

test("S368 an alarm ends what stands for its environment, and nothing else, and the person and the log are told", async () => {
  for (const alarm of [
    { dumped: true, evasive: [] },
    { dumped: false, evasive: [KEY, "NOT_OF_THE_LEASE"] },
  ]) {
    const { session } = await newVault();
    await createEnvironment(session, STAGING);
    await put(session, KEY, API_KEY);
    const told: AlarmNotice[] = [];
    const access = localAccess(session, { idleMs: 60_000, onAlarm: (notice) => told.push(notice) });
    await access.preapprove(DEV, 60, PASSWORD);
    await access.preapprove(STAGING, 60, PASSWORD);
    const request = { action: "run", client: "agent", context: DEV, command: "x", cwd: "/" } as const;
    const asked = { ...request, runs: { command: ["x"] } };
    const lease = await access.lease(asked);
    await access.settle(lease.id, { exitCode: 0, outcome: "ended", redactions: 1, alarm });
    const evasive = alarm.dumped ? [] : [KEY];
    assert.deepEqual(told, [{ client: "agent", context: DEV, dumped: alarm.dumped, evasive }]);
    assert.deepEqual(
      (await access.approvals()).map(({ context }) => context),
      [STAGING],
    );
    await assert.rejects(access.lease(asked), { code: "approval-required" });
    const { outcome } = (await access.audit({ action: "run-ended" })).at(-1)!;
    assert.match(outcome, /^ended, printed (its environment|STRIPE_KEY in disguise), its approvals ended$/);
  }
});

test("a run that shows nothing of the kind ends no approval", async () => {
  const { session } = await newVault();
  await put(session, KEY, API_KEY);
  const access = localAccess(session, { idleMs: 60_000, onAlarm: () => assert.fail("no alarm") });
  await access.preapprove(DEV, 60, PASSWORD);
  const deps = { access, parentEnv: { PATH: process.env.PATH }, matchers: new MatcherCache() };
  const cwd = temporaryFolder("ov-alarm-");
  await runWithSecrets(deps, { client: "agent", context: DEV, command: "echo $STRIPE_KEY", cwd });
  assert.equal((await access.approvals()).length, 1);
});

test("S369 who prints guesses at a value, and looks which are hidden, is asked about after a few right ones", async () => {
  const { session } = await newVault();
  await put(session, KEY, API_KEY);
  const told: AlarmNotice[] = [];
  const access = localAccess(session, { idleMs: 60_000, onAlarm: (notice) => told.push(notice) });
  await access.preapprove(DEV, 60, PASSWORD);
  const deps = { access, parentEnv: { PATH: process.env.PATH }, matchers: new MatcherCache() };
  const cwd = temporaryFolder("ov-alarm-");
  const guess = (text: string) => runWithSecrets(deps, { client: "agent", context: DEV, command: ["echo", text], cwd });
  let right = 0;
  for (let length = 12; length < API_KEY.length; length++) {
    const result = await guess(API_KEY.slice(0, length)).catch((error: unknown) => {
      assert.ok(isVaultError(error, "approval-required"));
      return undefined;
    });
    if (result === undefined) break;
    assert.equal(decodeOutput(result.stdout), `[redacted:${KEY}]\n`);
    right++;
  }
  assert.equal(right, 4);
  assert.deepEqual(told, [{ client: "agent", context: DEV, dumped: false, evasive: [KEY] }]);
});

test("S369 so it is when one run prints them all, and a value that is cut in one way is no guess", async () => {
  const guesses = [12, 13, 14, 15].map((length) => `echo "Is it perhaps ${API_KEY.slice(0, length)}, who knows?"`);
  assert.deepEqual((await alarmOf(guesses.join("; "))).alarm, { dumped: false, evasive: ["API_KEY"] });
  assert.equal(
    (await alarmOf("for i in 1 2 3 4 5 6; do echo key: $(echo $API_KEY | cut -c1-12)...; done")).alarm,
    undefined,
  );
});

test("of the values, what tells usual forms from others holds hashes only, and is wiped with the matcher", async () => {
  const matcher = await compileRunMatcher([{ name: "API_KEY", value: Buffer.from(API_KEY) }]);
  const watch = new RunWatch(matcher, matcher);
  const redactor = watch.matcher.redactor();
  redactor.push(Buffer.from(`${API_KEY}\n`));
  redactor.end();
  assert.equal(watch.alarm(), undefined);
  matcher.wipe();
  assert.equal(matcher.usual.isUsual(Buffer.from(API_KEY), ["API_KEY"]), false);
});
