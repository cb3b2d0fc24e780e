import assert from "node:assert/strict";
import { test } from "node:test";
import { isFreeOfValues, RecentCommands } from "#vscode/terminal/recent-commands.ts";

function memory(stored?: unknown) {
  let content = stored;
  return {
    get: () => content,
    update: async (_key: string, value: unknown) => {
      content = value;
    },
    all: () => JSON.stringify(content),
  };
}

test("the newest command comes first, once, and the oldest are forgotten", async () => {
  const recent = new RecentCommands(memory());
  for (let at = 0; at < 30; at++) await recent.add(`echo ${at}`);
  await recent.add(["npm", "run", "dev"]);
  await recent.add("echo 20");
  assert.deepEqual(recent.list().slice(0, 3), ["echo 20", ["npm", "run", "dev"], "echo 29"]);
  assert.equal(recent.list().length, 20);
});

test("S173 a command that may hold a value is remembered nowhere", async () => {
  const commands = [
    "curl -H 'Authorization: Bearer abcdef123'",
    "API_TOKEN=hunter22 node app.js",
    "psql postgres://me:hunter22@db/shop",
    "mysql --password hunter22",
    `gh auth login --with ghp_${"0123456789abcdefABCDEFghijklmnopqrst".slice(0, 36)}`,
  ];
  for (const command of commands) {
    const store = memory();
    await new RecentCommands(store).add(command);
    assert.equal(store.all(), undefined, command);
    assert.equal(await isFreeOfValues(command.split(" ")), false, command);
  }
});

test("a command that names its secrets as variables is remembered", async () => {
  const commands = [
    'curl -H "Authorization: Bearer $API_KEY" https://api.example.com',
    "psql postgres://me:$DB_PASSWORD@db/shop",
    "npm run test:token",
    "make build",
  ];
  for (const command of commands) {
    const recent = new RecentCommands(memory());
    await recent.add(command);
    assert.deepEqual(recent.list(), [command]);
  }
});

test("what somebody else wrote into the workspace's memory is no command", () => {
  assert.deepEqual(new RecentCommands(memory("rm -rf /")).list(), []);
  assert.deepEqual(new RecentCommands(memory([1, "", {}, ["a", 2], [], "ls"])).list(), ["ls"]);
});
