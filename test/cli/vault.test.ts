import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { newHome, newVault, PASSWORD, writeAskpass } from "./fixtures/home.ts";
import { CODE, typeGroups } from "./fixtures/recovery-kit.ts";
import { atTerminal, ENTER } from "./fixtures/terminal.ts";

test("ov vault init makes a vault and writes the recovery code to a new private file", async (t) => {
  const home = newHome(t);
  const file = join(home.root, "code");
  const { code, stdout, stderr } = await home.ov(["vault", "init", "--recovery-file", file]);
  assert.equal(code, 0, stderr);
  assert.match(readFileSync(file, "utf8"), CODE);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.doesNotMatch(stdout + stderr, CODE);
  assert.deepEqual(JSON.parse((await home.ov(["vault", "status", "--json"])).stdout), {
    state: "locked",
    location: join(home.ovHome, "vault"),
  });
  assert.equal((await home.ov(["vault", "init", "--recovery-file", join(home.root, "2")])).code, 8);
});

test("S91 without a terminal the recovery code is not printed: nothing is made, and the way out is told", async (t) => {
  const home = newHome(t);
  const { code, stdout, stderr } = await home.ov(["vault", "init"]);
  assert.equal(code, 5);
  assert.match(stderr, /--recovery-file/);
  assert.doesNotMatch(stdout + stderr, CODE);
  assert.ok(!existsSync(join(home.ovHome, "vault")));
});

test("a recovery file that exists is not overwritten, and no vault is made", async (t) => {
  const home = newHome(t);
  const file = join(home.root, "code");
  writeFileSync(file, "mine");
  assert.equal((await home.ov(["vault", "init", "--recovery-file", file])).code, 2);
  assert.equal(readFileSync(file, "utf8"), "mine");
  assert.ok(!existsSync(join(home.ovHome, "vault")));
});

test("a password of nine characters is refused with the rule, ten are enough", async (t) => {
  const home = newHome(t);
  const init = ["vault", "init", "--recovery-file", join(home.root, "code")];
  writeAskpass(home, "123456789");
  const short = await home.ov(init);
  assert.equal(short.code, 2);
  assert.match(short.stderr, /at least 10 characters; this has 9/);
  writeAskpass(home, "äöüß567890");
  assert.equal((await home.ov(init)).code, 0);
});

test("a person chooses a password at the terminal, types it twice, and sees the recovery code once", async (t) => {
  const home = newHome(t);
  const person = atTerminal(t, home, ["vault", "init"]);
  await person.see("New master password:");
  person.type(`short${ENTER}`);
  await person.see("at least 10 characters");
  person.type(`\x15${PASSWORD}${ENTER}`);
  await person.see("The same again:");
  person.type(`something else${ENTER}`);
  await person.see("not the same");
  person.type(`\x15${PASSWORD}${ENTER}`);
  await person.see("\x1b[?1049h");
  await person.see("Press Enter to hide this.");
  const code = CODE.exec(person.screen)![0];
  person.type(ENTER);
  await typeGroups(person, code);
  assert.equal(await person.exit, 0);
  assert.doesNotMatch(person.screen, new RegExp(PASSWORD));
  const [shown, left] = person.screen.split("\x1b[?1049l");
  assert.match(shown!, CODE);
  assert.doesNotMatch(left!, CODE);
  assert.equal((await home.ov(["app", "list"])).code, 0);
});

test("Ctrl-C at the prompt makes nothing", async (t) => {
  const home = newHome(t);
  const person = atTerminal(t, home, ["vault", "init"]);
  await person.see("New master password:");
  person.type("\x03");
  assert.equal(await person.exit, 130);
  assert.ok(!existsSync(join(home.ovHome, "vault")));
});

test("the password is changed, and the old one opens nothing", async (t) => {
  const home = await newVault(t);
  const script = `#!/bin/sh\ncase "$1" in New*) echo 'another good password';; *) echo '${PASSWORD}';; esac\n`;
  writeFileSync(join(home.root, "askpass"), script);
  const changed = await home.ov(["vault", "change-password", "--kdf-profile", "2"]);
  assert.equal(changed.code, 0, changed.stderr);
  writeAskpass(home, PASSWORD);
  assert.equal((await home.ov(["app", "list"])).code, 4);
  writeAskpass(home, "another good password");
  assert.equal((await home.ov(["app", "list"])).code, 0);
});

test("the recovery code opens the vault with a new password, once", async (t) => {
  const home = newHome(t);
  const [first, second] = [join(home.root, "1"), join(home.root, "2")];
  await home.ov(["vault", "init", "--recovery-file", first]);
  writeAskpass(home, "a new password 1");
  const recover = ["vault", "recover", "--code-file", first, "--recovery-file"];
  const recovered = await home.ov([...recover, second]);
  assert.equal(recovered.code, 0, recovered.stderr);
  assert.notEqual(readFileSync(first, "utf8"), readFileSync(second, "utf8"));
  assert.equal((await home.ov(["app", "list"])).code, 0);
  assert.equal((await home.ov([...recover, join(home.root, "3")])).code, 4);
});

test("a new recovery code replaces the old one", async (t) => {
  const home = newHome(t);
  const [first, second] = [join(home.root, "1"), join(home.root, "2")];
  await home.ov(["vault", "init", "--recovery-file", first]);
  assert.equal((await home.ov(["recovery", "kit", second])).code, 0);
  assert.equal(
    (await home.ov(["vault", "recover", "--code-file", first, "--recovery-file", join(home.root, "3")])).code,
    4,
  );
  assert.equal(
    (await home.ov(["vault", "recover", "--code-file", second, "--recovery-file", join(home.root, "4")])).code,
    0,
  );
});

test("a wrong password is told as such, and an absent vault before a password is asked for", async (t) => {
  const home = await newVault(t);
  writeAskpass(home, "not the password");
  const wrong = await home.ov(["app", "list"]);
  assert.equal(wrong.code, 4);
  const empty = newHome(t);
  const absent = await empty.ov(["app", "list"]);
  assert.equal(absent.code, 7);
  assert.match(absent.stderr, /ov vault init/);
  assert.ok(!existsSync(join(empty.root, "asked")));
});

test("an OV_ASKPASS program that fails, prints nothing or is missing ends the command", async (t) => {
  const home = await newVault(t);
  for (const script of ["#!/bin/sh\necho secret-looking-output; exit 1\n", "#!/bin/sh\n"]) {
    writeFileSync(join(home.root, "askpass"), script);
    const { code, stderr } = await home.ov(["app", "list"]);
    assert.equal(code, 130);
    assert.doesNotMatch(stderr, /secret-looking/);
  }
  assert.equal((await home.ov(["app", "list"], { env: { OV_ASKPASS: join(home.root, "none") } })).code, 130);
});

test("without a terminal and without OV_ASKPASS a locked vault is an error at once", async (t) => {
  const home = await newVault(t);
  const { code, stderr } = await home.ov(["app", "list"], { askpass: false });
  assert.equal(code, 5);
  assert.match(stderr, /terminal/);
});

test("a recovery code that can't be written is told as lost, with the way to another", async (t) => {
  const home = newHome(t);
  const { code, stderr } = await home.ov(["vault", "init", "--recovery-file", join(home.root, "n".repeat(300))]);
  assert.equal(code, 11);
  assert.match(stderr, /ov recovery kit/);
  assert.equal((await home.ov(["recovery", "kit", join(home.root, "code")])).code, 0);
});

test("a recovery file where no file can be is refused before a vault is made or a password is asked for", async (t) => {
  const home = newHome(t);
  writeFileSync(join(home.root, "file"), "");
  for (const folder of ["no", "file"]) {
    const refused = await home.ov(["vault", "init", "--recovery-file", join(home.root, folder, "code")]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /is no folder that you can write to/);
  }
  assert.ok(!existsSync(join(home.ovHome, "vault")));
  assert.ok(!existsSync(join(home.root, "asked")));
});
