import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { type Ended, newHome, OV, PASSWORD } from "../cli/fixtures/home.ts";
import { served } from "../cli/fixtures/served-home.ts";
import { atTerminal, ENTER } from "../cli/fixtures/terminal.ts";
import { blocksOf, programsOf } from "./guide.ts";
import { runBlock } from "./run-block.ts";

const GUIDE = "ci.md";
const ACTION = join(import.meta.dirname, "../../integrations/github");
const REDACTED = /it is \[redacted:STRIPE_KEY\]/;

test("every recipe of the guide on CI runs a command with a token, and shows no value", async (t) => {
  const { home } = await served(t);
  const admin = programsOf(home);
  const [create] = blocksOf(GUIDE, "console");
  const person = atTerminal(t, home, create!.trim().split(" ").slice(1));
  await person.see("Master password");
  person.type(PASSWORD + ENTER);
  assert.equal(await person.exit, 0, person.screen);
  const token = /ovt1_[A-Za-z0-9_-]+/.exec(person.screen)![0];

  const machine = newHome(t);
  const path = programsOf(machine);
  for (const name of ["deploy.sh", "server.sh"]) {
    writeFileSync(join(machine.project, name), '#!/bin/sh\necho "it is $STRIPE_KEY"\n', { mode: 0o755 });
  }
  const env = (more: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
    ...{ PATH: path, HOME: machine.root, LANG: "C.UTF-8", ...more },
  });
  const run = (script: string, more: Readonly<Record<string, string>>): Promise<Ended> =>
    bash(script, machine.project, env(more));
  const [plain, manage, agent] = blocksOf(GUIDE, "sh");

  const simple = await run(plain!, { OV_TOKEN: token });
  assert.match(simple.stdout, REDACTED, simple.stderr);

  const [github, gitlab] = blocksOf(GUIDE, "yaml").map((text) => parse(text));
  const step = github.jobs.deploy.steps[1];
  assert.match(step.uses, /\/integrations\/github@/);
  const log = await runAction({ ...step.with, token }, (script, more) => run(script, more), machine.root);
  assert.match(log, REDACTED);
  assert.match(log, /^::add-mask::sk_live_/m, "the runner takes these lines out of the log");
  assert.doesNotMatch(log.replace(/^::add-mask::.*$/gm, ""), /sk_live_/);

  for (const line of gitlab.deploy.script) assert.match((await run(line, { OV_TOKEN: token })).stdout, REDACTED);

  const [docker] = blocksOf(GUIDE, "dockerfile");
  const words = (name: string): readonly string[] => JSON.parse(new RegExp(`^${name} (.*)$`, "m").exec(docker!)![1]!);
  const [, , ...args] = words("ENTRYPOINT");
  const container = [process.execPath, OV, ...args, ...words("CMD")].map((word) => `'${word}'`).join(" ");
  assert.match((await run(container, { OV_TOKEN: token })).stdout, REDACTED);

  const [unit] = blocksOf(GUIDE, "ini");
  const credentials = join(machine.root, "credentials");
  mkdirSync(credentials, { mode: 0o700 });
  writeFileSync(join(credentials, "ov-token"), token, { mode: 0o400 });
  chmodSync(join(credentials, "ov-token"), 0o440); // as systemd's ACL shows
  const file = /^Environment=OV_TOKEN_FILE=(.*)$/m.exec(unit!)![1]!.replace("%d", credentials);
  const service = { OV_TOKEN_FILE: file, CREDENTIALS_DIRECTORY: credentials };
  const ran = await run(/^ExecStart=(.*)$/m.exec(unit!)![1]!, service);
  assert.match(ran.stdout, REDACTED, ran.stderr);
  assert.ok(!existsSync(machine.ovHome), "nothing was kept");

  writeFileSync(join(machine.env.HOME!, "ov-token"), token, { mode: 0o600 });
  const held = bash(agent!, machine.project, { ...machine.env, PATH: path });
  const note = join(machine.ovHome, "run", "agent.json");
  for (let tries = 0; !existsSync(note) && tries < 600; tries++) await sleep(50);
  const user = await runBlock(machine, "ov run --app shop --env dev -- ./deploy.sh; ov lock", path);
  assert.match(user.stdout, REDACTED, user.stderr);
  assert.equal((await held).code, 0);

  const managed = await runBlock(home, manage!, admin);
  assert.match(managed.stdout, /ci.*shop\/dev/, managed.stderr);
  assert.match((await run(plain!, { OV_TOKEN: token })).stderr, /doesn't take this token/);
});

type Run = (script: string, env: Readonly<Record<string, string>>) => Promise<Ended>;

/** The composite action as GitHub's runner runs it: each step's script by bash, inputs by variables, and GITHUB_PATH. */
async function runAction(inputs: Readonly<Record<string, string>>, run: Run, root: string): Promise<string> {
  const action = parse(readFileSync(join(ACTION, "action.yml"), "utf8"));
  const values: Record<string, string> = {};
  for (const [name, { default: usual }] of Object.entries<{ default?: string }>(action.inputs)) {
    values[name] = inputs[name] ?? usual ?? assert.fail(`${name} is required`);
  }
  const added = join(root, "github-path");
  writeFileSync(added, "");
  let log = "";
  for (const step of action.runs.steps) {
    assert.doesNotMatch(step.run, /\$\{\{/, "an input in a script is a command of whoever wrote it");
    const own = Object.entries<string>(step.env ?? {}).map(([name, text]) => [
      name,
      text.replace(/^\$\{\{ inputs\.(\w+) \}\}$/, (_, input: string) => values[input]!),
    ]);
    const first = readFileSync(added, "utf8").trim().split("\n").reverse().join(":");
    const runner = { GITHUB_ACTIONS: "true", GITHUB_ACTION_PATH: ACTION, GITHUB_PATH: added, RUNNER_TEMP: root };
    const script = `export PATH="${first}:$PATH"\n${step.run}`;
    const ended = await run(script, { ...runner, ...Object.fromEntries(own) });
    log += ended.stdout + ended.stderr;
    assert.equal(ended.code, 0, ended.stderr);
  }
  return log;
}

function bash(script: string, cwd: string, env: Readonly<Record<string, string>>): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn("bash", ["-eo", "pipefail", "-c", script], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, stdout: Buffer.concat(out).toString("utf8"), stderr: Buffer.concat(err).toString("utf8") });
    });
  });
}
