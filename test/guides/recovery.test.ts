import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { newHome, newVault, PASSWORD, writeAskpass } from "../cli/fixtures/home.ts";
import { CODE, typeGroups } from "../cli/fixtures/recovery-kit.ts";
import { atTerminal, ENTER, type PersonAtTerminal } from "../cli/fixtures/terminal.ts";
import { temporaryFolder } from "../core/store/sample.ts";
import { realServer } from "../end-to-end/fixtures/real-server.ts";
import { blocksOf, programsOf } from "./guide.ts";
import { runBlock } from "./run-block.ts";

const NEW_PASSWORD = "a new password after all";

async function give(person: PersonAtTerminal, question: string, answer: string): Promise<void> {
  await person.see(question);
  person.type(`${answer}${ENTER}`);
}

test("every command of the guide on recovery does what it says", async (t) => {
  const [kit, recover, fromBackup, keys, split, combine] = blocksOf("recovery.md", "sh") as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  assert.equal(blocksOf("recovery.md", "sh").length, 6);
  const home = await newVault(t);
  const path = programsOf(home);
  const ok = async (block: string, where = home, programs = path): Promise<void> => {
    const ended = await runBlock(where, block, programs);
    assert.equal(ended.code, 0, `${block}\n${ended.stderr}`);
    assert.doesNotMatch(ended.stdout + ended.stderr, CODE);
  };
  await home.ov(["secret", "create", "shop/dev/KEY", "-g"]);
  await ok(kit);
  writeAskpass(home, NEW_PASSWORD);
  await ok(recover);
  await ok(keys);
  assert.equal((await home.ov(["export", join(home.project, "backup.ovb")])).code, 0);

  const other = newHome(t);
  writeAskpass(other, NEW_PASSWORD);
  for (const file of ["backup.ovb", "new-kit.txt"]) cpSync(join(home.project, file), join(other.project, file));
  const programs = programsOf(other);
  await ok(fromBackup, other, programs);
  await ok(split, other, programs);
  await ok(combine, other, programs);
  assert.match(readFileSync(join(other.project, "last-kit.txt"), "utf8"), CODE);
  assert.match((await other.ov(["secret", "list", "shop/dev"])).stdout, /KEY/);
});

test("its commands for a server: a new machine by the kit, and a lost device that gets no new keys", async (t) => {
  const [fromServer, lost] = blocksOf("recovery.md", "console") as [string, string];
  const server = await realServer(t, await temporaryFolder(t));
  const home = await newVault(t);
  await home.ov(["secret", "create", "shop/dev/KEY", "-g"]);
  const move = atTerminal(t, home, ["vault", "move", "--to", server.url]);
  await give(move, "Are these the words?", "y");
  await give(move, "Master password:", PASSWORD);
  assert.equal(await move.exit, 0, move.screen);
  const kit = join(home.root, "kit.txt");
  await home.ov(["recovery", "kit", kit]);
  const text = readFileSync(kit, "utf8");

  const other = newHome(t);
  const path = programsOf(other);
  const script = fromServer.replace("https://vault.example.com", server.url);
  const person = atTerminal(t, other, ["-ec", script], { program: "/bin/sh", env: { PATH: path } });
  await give(person, "Recovery code:", CODE.exec(text)![0].toLowerCase());
  await give(person, "Are these the words?", "y");
  await give(person, "Account, as on the kit:", /Account\n {4}([0-9a-f]{32})/.exec(text)![1]!);
  await give(person, "Are these the words?", "y");
  await give(person, "New master password:", NEW_PASSWORD);
  await give(person, "The same again:", NEW_PASSWORD);
  await person.see("Press Enter to hide this.");
  const shown = CODE.exec(person.screen.slice(person.screen.lastIndexOf("Recovery code")))![0];
  person.type(ENTER);
  await typeGroups(person, shown);
  assert.equal(await person.exit, 0, person.screen);

  writeAskpass(other, NEW_PASSWORD);
  const third = newHome(t);
  const login = atTerminal(t, third, ["login", server.url, "--account", /[0-9a-f]{32}/.exec(text)![0]]);
  await give(login, "Are these the words?", "y");
  await give(login, "Master password:", NEW_PASSWORD);
  await give(login, "Are these the words?", "y");
  assert.equal(await login.exit, 0, login.screen);
  const { devices } = JSON.parse((await third.ov(["devices", "--json"])).stdout);
  const { id } = devices.find(({ this_device: isThis }: { this_device: boolean }) => isThis);
  const removal = atTerminal(t, other, ["-ec", lost.replace("0123456789abcdef0123456789abcdef", id)], {
    ...{ program: "/bin/sh", env: { PATH: path }, askpass: true },
  });
  await give(removal, "End the device", "y");
  await removal.see("shop/dev has new keys.");
  assert.equal(await removal.exit, 0);
  writeAskpass(third, NEW_PASSWORD);
  assert.equal((await third.ov(["secret", "list", "shop/dev"])).code, 4);
});
