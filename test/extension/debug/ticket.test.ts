import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { promisify } from "node:util";
import { withTicket } from "#vscode/debug/launch.ts";
import { Ticket, ticketSocket } from "#vscode/debug/ticket.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const VALUE = "a value, with 'signs' \"and\" ü\n";
const folder = temporaryFolder("ov-ticket-");
const DEBUG = join(import.meta.dirname, "../../../extension/vscode/debug");

async function show(ticket: Ticket, key: string): Promise<string> {
  const socket = connect(ticket.socketPath);
  socket.write(`${key}\n`);
  return text(socket).catch((error: NodeJS.ErrnoException) => error.code ?? "error");
}

test("S174 a ticket is good once, and for nobody who doesn't have it", async () => {
  const ticket = new Ticket(ticketSocket(folder), { API_KEY: VALUE });
  assert.match(await show(ticket, ticket.key), /ENOENT/);
  await ticket.open();
  assert.equal(statSync(ticket.socketPath).mode & 0o777, 0o600);
  assert.doesNotMatch(await show(ticket, "x".repeat(ticket.key.length)), /value/);
  assert.doesNotMatch(await show(ticket, "x".repeat(5_000)), /value/);
  const both = await Promise.all([show(ticket, ticket.key), show(ticket, ticket.key)]);
  assert.equal(both.filter((answer) => answer.includes("a value")).length, 1);
  assert.doesNotMatch(await show(ticket, ticket.key), /value/);
});

test("a ticket that nobody took in time, and one that was closed, is good for nothing", async () => {
  const late = new Ticket(ticketSocket(folder), { API_KEY: VALUE });
  await late.open(1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.doesNotMatch(await show(late, late.key), /value/);
  const closed = new Ticket(ticketSocket(folder), { API_KEY: VALUE });
  await closed.open();
  await closed.close();
  assert.doesNotMatch(await show(closed, closed.key), /value/);
});

test("a Node program has its variables before its first line, and what it starts has them without the ticket", async () => {
  const ticket = new Ticket(ticketSocket(folder), { API_KEY: VALUE });
  const program = join(folder, "program.mjs");
  const child = "console.log(process.env.NODE_OPTIONS, JSON.stringify(process.env.API_KEY))";
  writeFileSync(
    program,
    `import { execFileSync } from "node:child_process"; import { Worker } from "node:worker_threads";
    console.log(JSON.stringify(process.env.API_KEY), process.argv[2]);
    console.log(String(execFileSync(process.execPath, ["-e", ${JSON.stringify(child)}])));
    new Worker(${JSON.stringify("console.log('worker', JSON.stringify(process.env.API_KEY))")}, { eval: true });`,
  );
  const launch = { type: "node", request: "launch", program, env: { NODE_OPTIONS: "--no-warnings" } };
  // As in the sources: Node strips the types of the module that is loaded first.
  const { env } = withTicket(launch, ticket, DEBUG) as { env: { NODE_OPTIONS: string } };
  const options = {
    env: { ...process.env, NODE_OPTIONS: env.NODE_OPTIONS.replace("take-ticket.js", "take-ticket.ts") },
  };
  await ticket.open();
  const { stdout } = await promisify(execFile)(process.execPath, [program, "word"], options);
  const value = JSON.stringify(VALUE);
  assert.deepEqual(
    stdout.trim().split(/\n+/).sort(),
    [`${value} word`, `--no-warnings ${value}`, `worker ${value}`].sort(),
  );
  await assert.rejects(promisify(execFile)(process.execPath, [program], options), /was used, or is too old/);
});

test("a Python program, or module, has its variables and arguments as if it had been started itself", async () => {
  writeFileSync(join(folder, "program.py"), PYTHON);
  const targets = [{ program: join(folder, "program.py") }, { module: "program" }];
  for (const target of targets) {
    const ticket = new Ticket(ticketSocket(folder), { API_KEY: VALUE });
    const launch = { type: "debugpy", request: "launch", ...target, args: ["one", "two"] };
    const { program, args } = withTicket(launch, ticket, DEBUG) as { program: string; args: string[] };
    await ticket.open();
    const { stdout } = await promisify(execFile)("python3", [program, ...args], { cwd: folder });
    const seen = JSON.parse(stdout);
    assert.deepEqual(seen.value, VALUE);
    assert.deepEqual(seen.argv.slice(1), ["one", "two"]);
    assert.match(seen.argv[0], /program/);
    assert.equal(seen.path, folder);
    await assert.rejects(
      promisify(execFile)("python3", [program, ...args], { cwd: folder }),
      /was used, or is too old/,
    );
  }
});

const PYTHON = `
import json, os, sys
if __name__ == "__main__":
    print(json.dumps({"value": os.environ["API_KEY"], "argv": sys.argv, "path": sys.path[0]}))
`;
