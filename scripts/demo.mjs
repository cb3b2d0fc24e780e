// `npm start`: the main job from end to end, with the real programs, in a temporary folder that is removed afterwards.
// A vault, a secret, `ov mcp serve`, and an MCP client that runs commands with the secret. No server, no account.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { styleText } from "node:util";
import askPassword from "@inquirer/password";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

const OV = join(import.meta.dirname, "..", "dist", "ov.js");
const folder = mkdtempSync(join(tmpdir(), "opaquevault-demo-"));
const say = (text) => console.log(text);
const title = (text) => say(`\n${styleText("bold", text)}`);

let service;
let client;
try {
  await demo();
} finally {
  await client?.close();
  service?.close();
  ov(["lock"]);
  rmSync(folder, { recursive: true, force: true });
}

async function demo() {
  title("1. A vault");
  const password = await choosePassword();
  const askpass = writeAskpass(password);
  const environment = { ...process.env, OV_HOME: folder, OV_ASKPASS: askpass };
  ov(["vault", "init", "--recovery-file", join(folder, "recovery-code.txt")], { env: environment });
  say(`Made in ${folder}. It holds ciphertext only.`);

  title("2. A secret, and a service that wants it");
  const secret = `sk_demo_${randomBytes(18).toString("base64url")}`;
  ov(["unlock"], { env: environment });
  ov(["env", "create", "demo/dev"]);
  ov(["secret", "create", "demo/dev/DEMO_API_KEY", "--stdin"], { input: secret });
  service = await startService(secret);
  const url = `http://127.0.0.1:${service.address().port}/charges`;
  say(`demo/dev/DEMO_API_KEY is stored. ${url} answers with charges to whoever knows it.`);

  title("3. An agent: any MCP client, here the SDK's, talking to `ov mcp serve`");
  client = await connect();
  const { tools } = await client.listTools();
  say(`Tools: ${tools.map((tool) => tool.name).join(", ")}`);

  const fetchCharges = `${node()} -e "fetch('${url}', { headers: { authorization: 'Bearer ' + process.env.DEMO_API_KEY } }).then((r) => r.text()).then(console.log)"`;
  await run("The service is called with the key, and answers:", fetchCharges, secret);
  const print =
    process.platform === "win32" ? "echo %DEMO_API_KEY%" : 'echo "$DEMO_API_KEY" && echo "$DEMO_API_KEY" | base64';
  await run("A command that prints the key, and its base64:", print, secret);

  title("For a vault of your own");
  say("  npm link                           puts `ov` on your PATH (or: node dist/ov.js)");
  say("  ov vault init && ov unlock         makes your vault and opens it");
  say("  ov secret create shop/dev/API_KEY  asks for the value, without showing it");
  say("  ov mcp install --client claude     or copilot, codex, gemini, opencode, cursor, vscode");
}

async function choosePassword() {
  if (!process.stdin.isTTY) {
    say("Not on a terminal: the master password of this demo is generated.");
    return randomBytes(15).toString("base64url");
  }
  const long = (text) => text.length >= 10 || "At least 10 characters.";
  return askPassword({
    message: "A master password for this demo (10 characters or more)",
    mask: true,
    validate: long,
  });
}

/** `ov` gets the password as ssh does, from a program: here one that prints a file of the demo's own folder. */
function writeAskpass(password) {
  const file = join(folder, "password");
  writeFileSync(file, password, { mode: 0o600 });
  if (process.platform === "win32") {
    const script = join(folder, "askpass.cmd");
    writeFileSync(script, `@type "${file}"\r\n`);
    return script;
  }
  const script = join(folder, "askpass");
  writeFileSync(script, `#!/bin/sh\ncat '${file}'\n`, { mode: 0o700 });
  return script;
}

function ov(args, options = {}) {
  const env = { ...process.env, OV_HOME: folder };
  return execFileSync(process.execPath, [OV, ...args], {
    env,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "pipe"],
    ...options,
  });
}

async function startService(key) {
  const server = createServer((request, response) => {
    const known = request.headers.authorization === `Bearer ${key}`;
    response.writeHead(known ? 200 : 401, { "content-type": "application/json" });
    response.end(
      known ? JSON.stringify({ charges: [{ id: "ch_1", amount: 1200 }], key_used: key }) : '{"error":"who are you?"}',
    );
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

async function connect() {
  const connected = new Client(
    { name: "demo-agent", version: "1.0.0" },
    { capabilities: { elicitation: { form: {} } } },
  );
  connected.setRequestHandler("elicitation/create", (request) => {
    say(styleText("yellow", "\n  A person is asked:"));
    for (const line of request.params.message.split("\n")) say(`    ${line}`);
    say(styleText("yellow", "  This demo answers: Approve once"));
    return { action: "accept", content: { decision: "Approve once" } };
  });
  const env = { ...process.env, OV_HOME: folder };
  await connected.connect(
    new StdioClientTransport({ command: process.execPath, args: [OV, "mcp", "serve"], env, cwd: folder }),
  );
  return connected;
}

async function run(what, command, secret) {
  title(what);
  say(`  vault_run ${JSON.stringify(command)}`);
  const result = await client.callTool({ name: "vault_run", arguments: { app: "demo", environment: "dev", command } });
  say(styleText("green", "\n  The model sees:"));
  for (const part of result.content) for (const line of part.text.split("\n")) say(`    ${line}`);
  const seen = JSON.stringify(result);
  if (result.isError === true || result.structuredContent?.exit_code !== 0) throw new Error("The run failed.");
  if (seen.includes(secret) || seen.includes(Buffer.from(secret).toString("base64").slice(0, 16))) {
    throw new Error("The value reached the model. This must never happen: please report it.");
  }
}

function node() {
  return process.platform === "win32" ? `"${process.execPath}"` : `'${process.execPath}'`;
}
