import assert from "node:assert/strict";
import { test } from "node:test";
import { debuggeeOf, type Launch, wantedSecrets, withTicket } from "#vscode/debug/launch.ts";

const ticket = { socketPath: "/run/debug.sock", key: "KEY" };
const of = (launch: Launch) =>
  debuggeeOf({ request: "launch", ...launch }, { environment: { HOME: "/me" }, exists: (path) => path === "/ws/.env" });

test("what is approved is the program with its runtime, arguments and variables", () => {
  assert.deepEqual(of({ type: "node", program: "/ws/a.js" }), { command: ["node", "/ws/a.js"], cwd: undefined });
  const npm = { type: "pwa-node", runtimeExecutable: "npm", runtimeArgs: ["run", "dev"], cwd: "/ws" };
  assert.deepEqual(of(npm), { command: ["npm", "run", "dev"], cwd: "/ws" });
  const loads = { type: "node", program: "a.js", env: { NODE_OPTIONS: "--require ./b.js", HOME: "/me" } };
  assert.deepEqual(of(loads), { command: ["env", "NODE_OPTIONS=--require ./b.js", "node", "a.js"], cwd: undefined });
  const module = { type: "debugpy", module: "pytest", python: "/ws/bin/python", args: ["-q"], envFile: "/none" };
  assert.deepEqual(of(module), { command: ["/ws/bin/python", "-m", "pytest", "-q"], cwd: undefined });
});

test("S175 a debugger that can't be served safely is refused, with the reason", () => {
  assert.equal(of({ type: "cppdbg", program: "a.out" }), "type");
  assert.equal(of({ type: "node", request: "attach", port: 9229 }), "attach");
  assert.equal(of({ type: "node", program: "a.js", envFile: "/ws/.env" }), "envFile");
  assert.equal(of({ type: "node", program: "a.ts", runtimeExecutable: "/usr/bin/deno" }), "runtime");
  assert.equal(of({ type: "node", program: "a.js", console: "externalTerminal" }), "console");
  assert.equal(of({ type: "debugpy", program: "a.py", module: "b" }), "program");
  assert.equal(of({ type: "node" }), "program");
});

test("a configuration gets a ticket, keeps what it sets, and prints where no agent's terminal tool reads", () => {
  const node = withTicket(
    {
      type: "node",
      program: "/ws/a.js",
      console: "integratedTerminal",
      env: { A: "1", NODE_OPTIONS: "--no-warnings" },
    },
    ticket,
    "/ext/with blank/dist",
  );
  assert.deepEqual(node, {
    type: "node",
    program: "/ws/a.js",
    console: "internalConsole",
    env: {
      A: "1",
      NODE_OPTIONS:
        "--no-warnings --import=file:///ext/with%20blank/dist/take-ticket.js?socket=%2Frun%2Fdebug.sock&ticket=KEY",
    },
  });
  assert.deepEqual(withTicket({ type: "python", module: "pytest", args: ["-q"] }, ticket, "/dist"), {
    type: "python",
    program: "/dist/take_ticket.py",
    args: ["/run/debug.sock", "KEY", "module", "pytest", "-q"],
    console: "internalConsole",
  });
});

test("a configuration says which secrets it wants", () => {
  assert.equal(wantedSecrets({}), undefined);
  assert.equal(wantedSecrets({ opaquevault: false }), undefined);
  assert.deepEqual(wantedSecrets({ opaquevault: true }), {});
  assert.deepEqual(wantedSecrets({ opaquevault: { app: "shop", environment: "dev", secrets: ["A"] } }), {
    app: "shop",
    environment: "dev",
    secrets: ["A"],
  });
});
