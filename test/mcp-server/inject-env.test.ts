import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, test } from "node:test";
import type { ShellInfo } from "#core/run/shell-session.ts";
import type { ServerDeps, ShellWatch } from "#mcp/server-deps.ts";
import { answerOf } from "./fixtures/answer-of.ts";
import { CONTENTS, fakeVault, STRIPE } from "./fixtures/fake-vault.ts";
import { type Linked, linkedClient } from "./fixtures/linked-client.ts";
import { testDeps } from "./fixtures/test-deps.ts";

let linked: Linked | undefined;
afterEach(async () => {
  await linked?.close();
  linked = undefined;
});

async function start(approvesAll = true, overrides: Partial<ServerDeps> = {}) {
  const vault = fakeVault(CONTENTS, { approvesAll });
  const deps = await testDeps({ vault, overrides });
  linked = await linkedClient(deps, "modern");
  const { client } = linked;
  return { vault, deps, shell: (args: Record<string, unknown>) => answerOf(client, "vault_inject_env", args) };
}

test("a shell opens with secrets, takes input, and its output is redacted", async () => {
  const { shell, vault } = await start();
  const opened = await shell({ shell: "bash", secrets: ["STRIPE_KEY"] });
  assert.equal(opened.data.state, "prompt", opened.json);
  assert.deepEqual(opened.data.secrets_injected, ["STRIPE_KEY"]);
  const session_id = opened.data.session_id;
  const typed = await shell({ session_id, input: "echo is $STRIPE_KEY; false" });
  assert.equal(typed.data.output, "is [redacted:STRIPE_KEY]\n", typed.json);
  assert.equal(typed.data.exit_code, 1);
  assert.ok(!typed.json.includes(STRIPE));
  const waited = await shell({ session_id, input: "echo one; sleep 30", wait_for: "one" });
  assert.equal(waited.data.state, "matched");
  const closed = await shell({ session_id, close: true });
  assert.equal(closed.data.state, "ended");
  assert.equal(vault.openLeases.size, 0);
  assert.equal((await shell({ session_id, input: "echo" })).code, "argument-invalid");
});

test("who watches a shell sees it from its first prompt to its end, redacted, and can end it", async () => {
  let shown = "";
  const opened: ShellInfo[] = [];
  let hasEnded: (exitCode: number | undefined) => void;
  const ended = new Promise<number | undefined>((resolve) => (hasEnded = resolve));
  const clients: string[] = [];
  const watchShell = (client: string): ShellWatch => {
    clients.push(client);
    return {
      onData: (bytes) => {
        shown += Buffer.from(bytes).toString();
      },
      onOpen: (shell) => opened.push(shell),
      onEnd: (exitCode) => hasEnded(exitCode),
    };
  };
  const { shell, deps } = await start(true, { watchShell });
  const { data } = await shell({ shell: "bash", secrets: ["STRIPE_KEY"], input: 'echo "is $STRIPE_KEY"' });
  assert.deepEqual(
    opened.map(({ id }) => id),
    [data.session_id],
  );
  assert.match(clients.join(), /^\S/);
  assert.match(shown, /^\(shop\/dev\) .*echo.*\r\nis \[redacted:STRIPE_KEY\]/s);
  assert.ok(!shown.includes(STRIPE));
  deps.shells.write(opened[0]!.id, Buffer.from("exit 3\r"));
  assert.equal(await ended, 3);
  assert.equal((await shell({ session_id: data.session_id, input: "echo" })).code, "argument-invalid");
});

test("S71 a shell needs approval", async () => {
  const { shell, deps } = await start(false);
  assert.equal((await shell({ shell: "bash" })).code, "approval-required");
  assert.equal(deps.shells.list().length, 0);
});

test("S67 a .ov.yaml that lists commands gives a shell no more than it lists for that shell", async () => {
  const { shell, deps } = await start();
  const text = "app: shop\nenvironment: dev\ncommands:\n  echo hi: [STRIPE_KEY]\n  bash: [DATABASE_URL]\n";
  await writeFile(path.join(deps.place.cwd, ".ov.yaml"), text);
  assert.equal((await shell({})).code, "denied-by-policy");
  assert.equal((await shell({ shell: "sh", secrets: ["STRIPE_KEY"] })).code, "denied-by-policy");
  assert.equal((await shell({ shell: "bash", secrets: ["STRIPE_KEY"] })).code, "denied-by-policy");
  assert.deepEqual((await shell({ shell: "bash" })).data.secrets_injected, ["DATABASE_URL"]);
});

test("a session takes no new context", async () => {
  const { shell } = await start();
  assert.equal((await shell({ session_id: "0123456789abcdef", environment: "production" })).code, "argument-invalid");
});

test("the end of a client's input ends its shells", async () => {
  const { shell, deps, vault } = await start();
  await shell({ shell: "bash" });
  assert.equal(deps.shells.list().length, 1);
  await linked!.close();
  linked = undefined;
  assert.equal(deps.shells.list().length, 0);
  assert.equal(vault.openLeases.size, 0);
});
