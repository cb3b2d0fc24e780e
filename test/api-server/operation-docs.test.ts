import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startApi } from "../../api-server/start-api.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { callerOf } from "./sealed-caller.ts";
import { serveVault } from "./served-vault.ts";

const ROOT = join(import.meta.dirname, "../..");

test("the commands of the chapter on backup and restore do what it says, as they stand there", async (t) => {
  const served = await serveVault({}, 3);
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (!isClosed) await served.api.close();
    isClosed = true;
  };
  t.after(close);
  const { folder } = served.options;
  const work = temporaryFolder("ov-operator-");
  const [backUp, restore] = blocksOf("Backup and restore");
  assert.ok(backUp !== undefined && restore !== undefined);

  const taken = run(backUp, work, folder);
  assert.equal(taken.status, 0, taken.stderr);
  assert.ok(taken.stdout.includes(join(folder, "server-keys.json")), "it names what a restore needs besides");
  assert.match(taken.stdout, /1 accounts, 1 environments, \d+ records/);
  assert.match(taken.stdout, /Checksum, signatures, chains and hashes are right/);
  await close();

  copyFileSync(join(folder, "server-keys.json"), join(work, "copy-of-server-keys.json"));
  const restored = join(work, "restored");
  const done = run(restore.replace("/var/lib/ov-api-restored", restored), work, folder);
  assert.equal(done.status, 0, done.stderr);
  assert.match(done.stdout, /rolled-back.*accept-restore/s);
  const api = await startApi({ folder: restored });
  t.after(() => api.close());
  const read = await callerOf(api.url, api.serverId).call("GET", served.path, { device: served.device });
  assert.equal(read.body.counter, 3);
});

test("the daily commands of the guide do what it says", async (t) => {
  const served = await serveVault({}, 1);
  t.after(() => served.api.close());
  const work = temporaryFolder("ov-operator-");
  mkdirSync(join(work, "backups"));
  const [daily] = blocksOf("Each day, by a timer", "docs/guides/running-a-server.md");
  const done = run(daily!, work, served.options.folder);
  assert.equal(done.status, 0, done.stderr);
  assert.equal(readdirSync(join(work, "backups")).length, 1);
  assert.ok(JSON.parse(readFileSync(join(work, "doctor.json"), "utf8")).checks.length > 5);
});

test("every metric of the document is there, and there is none of ours that it lacks", async (t) => {
  const { api } = await serveVault({ metricsPort: 0 }, 1);
  t.after(() => api.close());
  const text = await (await fetch(api.metricsUrl!)).text();
  const served = new Set([...text.matchAll(/^# TYPE (ov_\w+)/gm)].map(([, name]) => name));
  const told = new Set([...chapter("Metrics").matchAll(/^\| `(ov_\w+)`/gm)].map(([, name]) => name));
  assert.deepEqual([...told].sort(), [...served].sort());
  assert.match(text, /^ov_call_seconds_count\{route="PUT \/environments\/:environment",status="200"\} 1$/m);
  assert.match(text, /^ov_hears_instances 1$/m);
  const end = Number(/^ov_seal_keys_end_seconds (\S+)$/m.exec(text)?.[1]);
  assert.ok(end * 1000 > Date.now() + 20 * 3600_000);
});

test("the document names every command", () => {
  const help = spawnSync(process.execPath, [join(ROOT, "api-server/main.ts"), "--help"], { encoding: "utf8" });
  const document = readFileSync(join(ROOT, "docs/server.md"), "utf8");
  const commands = [...help.stdout.matchAll(/^ {2}([a-z-]+) (?:\[options\]|<)/gm)].map(([, name]) => name!);
  assert.deepEqual(commands, ["serve", "migrate", "backup", "verify", "restore", "doctor", "rotate-keys"]);
  for (const command of commands.slice(1)) assert.ok(document.includes(`ov-api ${command}`), command);
});

/** Runs lines of the document in a shell that knows `ov-api`. */
function run(script: string, work: string, folder: string) {
  const program = join(work, "ov-api");
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, "api-server/main.ts")}" "$@"\n`);
  chmodSync(program, 0o755);
  const env = { ...process.env, PATH: `${work}:${process.env.PATH}`, OV_API_FOLDER: folder, DATABASE_URL: undefined };
  return spawnSync("sh", ["-ec", script], { cwd: work, env, encoding: "utf8" });
}

function blocksOf(title: string, file?: string): readonly string[] {
  return [...chapter(title, file).matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, script]) => script!);
}

function chapter(title: string, file = "docs/server.md"): string {
  const document = readFileSync(join(ROOT, file), "utf8");
  return document.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? "";
}
