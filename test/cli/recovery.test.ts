import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { mistyped } from "../core/recovery/mistyped.ts";
import { type Home, newHome, newVault, PASSWORD, writeAskpass } from "./fixtures/home.ts";
import { CODE, typeGroups } from "./fixtures/recovery-kit.ts";
import { atTerminal, ENTER } from "./fixtures/terminal.ts";

const VALUE = "kZ4tQ9wXr7LmN2vB8sHd";
const NEW_PASSWORD = "a new password after all";

async function withKit(t: TestContext, name = "kit.txt"): Promise<{ readonly home: Home; readonly kit: string }> {
  const home = await newVault(t);
  assert.equal((await home.ov(["secret", "create", "shop/dev/KEY", "--stdin"], { input: VALUE })).code, 0);
  const kit = join(home.root, name);
  const made = await home.ov(["recovery", "kit", kit]);
  assert.equal(made.code, 0, made.stderr);
  return { home, kit };
}

test("a kit holds code, account, words and counters, as text and as a page that loads nothing and runs nothing", async (t) => {
  const { kit } = await withKit(t);
  const text = readFileSync(kit, "utf8");
  assert.match(text, CODE);
  assert.match(text, /Account\n {4}[0-9a-f]{32}\n( {4}[a-z]+( {2}[a-z]+){3}\n){3}/);
  assert.match(text, /Counters\n {4}account \d+\n {4}environment [0-9a-f]{8} \d+\n/);
  assert.doesNotMatch(text, /shop|dev\b|KEY|kZ4t/, "names are no part of it");
  assert.equal(statSync(kit).mode & 0o777, 0o600);

  const { kit: page } = await withKit(t, "kit.html");
  const html = readFileSync(page, "utf8");
  assert.doesNotMatch(html, /<script|<link|<img|<iframe|\bon\w+=|javascript:|https?:|url\(|@import/i);
  const style = /<style>([\s\S]*?)<\/style>/.exec(html)![1]!;
  const hash = createHash("sha256").update(style).digest("base64");
  assert.ok(
    html.includes(`content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`),
  );
  assert.match(style, /@media print/);
});

test("S288 a new kit is confirmed by two groups of its code; before that the old code still works, and after it no more", async (t) => {
  const { home, kit } = await withKit(t);
  const hasty = atTerminal(t, home, ["recovery", "kit"], { askpass: true });
  for (let tries = 0; tries < 3; tries++) {
    await hasty.see("Press Enter to hide this.");
    hasty.type(ENTER);
    if (tries === 0) await typeGroups(hasty, CODE.exec(hasty.screen)![0], () => "ZZZZZZ");
    else {
      await hasty.see("Group ");
      hasty.type(`ZZZZZZ${ENTER}`);
    }
    if (tries < 2) await hasty.see("Look again.");
  }
  assert.equal(await hasty.exit, 130);
  const recover = (code: string, file: string): Promise<{ code: number | null }> =>
    home.ov(["vault", "recover", "--code-file", code, "--recovery-file", join(home.root, file)]);
  const person = atTerminal(t, home, ["recovery", "kit"], { askpass: true });
  await person.see("Press Enter to hide this.");
  person.type(ENTER);
  await typeGroups(person, CODE.exec(person.screen)![0]);
  assert.equal(await person.exit, 0);
  await person.see("This kit is the one from now on");
  assert.equal((await recover(kit, "2")).code, 4, "the code of the kit before opens nothing");
  const typed = join(home.root, "typed");
  writeFileSync(typed, CODE.exec(person.screen)![0].toLowerCase());
  writeAskpass(home, NEW_PASSWORD);
  assert.equal((await recover(typed, "3")).code, 0);
  assert.doesNotMatch(person.screen.split("\x1b[?1049l").at(-1)!, CODE);
});

test("the old code works after a kit that nobody confirmed", async (t) => {
  const { home, kit } = await withKit(t);
  const person = atTerminal(t, home, ["recovery", "kit"], { askpass: true });
  await person.see("Press Enter to hide this.");
  person.type(ENTER);
  await person.see("Group ");
  person.type("\x03");
  assert.equal(await person.exit, 130);
  writeAskpass(home, NEW_PASSWORD);
  assert.equal(
    (await home.ov(["vault", "recover", "--code-file", kit, "--recovery-file", join(home.root, "2")])).code,
    0,
  );
});

test("without a terminal and a file no kit is made, and an agent without the password makes none", async (t) => {
  const { home } = await withKit(t);
  await home.ov(["unlock"]);
  assert.equal((await home.ov(["recovery", "kit"])).code, 5);
  const file = join(home.root, "other.txt");
  assert.equal((await home.ov(["recovery", "kit", file], { askpass: false })).code, 5);
  assert.ok(!existsSync(file));
});

test("a kit in a git repository or a synced folder is warned about", async (t) => {
  const home = await newVault(t);
  const folder = join(home.project, "Dropbox");
  mkdirSync(folder);
  mkdirSync(join(home.project, ".git"));
  const { stderr } = await home.ov(["recovery", "kit", join(folder, "kit.txt")]);
  assert.match(stderr, /is a git repository: don't commit/);
  assert.match(stderr, /Dropbox copies what is there/);
});

test("a kit with a typing error is refused by its group, and is no failed try; so is the kit of another account", async (t) => {
  const { home, kit } = await withKit(t);
  const text = readFileSync(kit, "utf8");
  const code = CODE.exec(text)![0];
  const typo = mistyped(code, 8);
  writeFileSync(join(home.root, "typo"), text.replace(code, typo));
  const recover = (file: string) =>
    home.ov(["vault", "recover", "--code-file", file, "--recovery-file", join(home.root, "new")]);
  const refused = await recover(join(home.root, "typo"));
  assert.equal(refused.code, 4);
  assert.match(refused.stderr, /mistake in group 2 of 6/);
  assert.ok(!refused.stderr.includes(typo.slice(7, 13)));
  const other = join(newHome(t).root, "other.txt");
  const stranger = newHome(t);
  await stranger.ov(["vault", "init", "--recovery-file", other]);
  assert.match((await recover(other)).stderr, /kit is of another account/);
  const { entries } = JSON.parse((await home.ov(["audit", "--json"])).stdout);
  assert.ok(!entries.some(({ action }: { action: string }) => action === "unlock-failed"));
});

test("a backup is recovered on a new machine by the kit alone, with a new password and a new kit", async (t) => {
  const { home, kit } = await withKit(t, "kit.html");
  const backup = join(home.root, "vault.ovb");
  assert.equal((await home.ov(["export", backup])).code, 0);
  const other = newHome(t);
  writeAskpass(other, NEW_PASSWORD);
  const recover = ["vault", "recover", "--from", backup, "--code-file", kit, "--recovery-file"];
  const recovered = await other.ov([...recover, join(other.root, "new.txt")]);
  assert.equal(recovered.code, 0, recovered.stderr);
  assert.match(recovered.stderr, /shop\/dev: 1 secret/);
  const check = `test "$KEY" = ${VALUE}`;
  assert.equal((await other.ov(["run", "-a", "shop", "-e", "dev", "--", "sh", "-c", check])).code, 0);
  assert.equal((await other.ov([...recover, join(other.root, "2.txt")])).code, 8, "there is a vault now");
  assert.deepEqual(
    readdirSync(join(other.ovHome, "state")).filter((name) => name.startsWith("recover-")),
    [],
  );
  const again = await other.ov(["vault", "recover", "--code-file", kit, "--recovery-file", join(other.root, "3.txt")]);
  assert.equal(again.code, 4, "the used code is spent");
  writeAskpass(other, PASSWORD);
  assert.equal((await other.ov(["app", "list"])).code, 4, "the old password too");
});

test("S289 a backup that is older than the kit is refused, and nothing of it is restored", async (t) => {
  const home = await newVault(t);
  await home.ov(["secret", "create", "shop/dev/KEY", "--stdin"], { input: VALUE });
  const kitOf = async (name: string): Promise<string> => {
    assert.equal((await home.ov(["recovery", "kit", join(home.root, name)])).code, 0);
    return join(home.root, name);
  };
  const first = await kitOf("1.txt");
  const backup = join(home.root, "old.ovb");
  await home.ov(["export", backup]);
  await home.ov(["secret", "create", "shop/dev/SECOND", "-g"]);
  // The same code, and the counters of now: as if the kit had been printed later.
  const later = readFileSync(first, "utf8").replace(
    /(environment [0-9a-f]{8}) (\d+)/,
    (_, id, n) => `${id} ${Number(n) + 1}`,
  );
  const newer = readFileSync(first, "utf8").replace(/account (\d+)/, (_, n) => `account ${Number(n) + 2}`);
  const other = newHome(t);
  writeAskpass(other, NEW_PASSWORD);
  for (const [name, text] of [
    ["later", later],
    ["newer", newer],
  ] as const) {
    const kit = join(other.root, name);
    writeFileSync(kit, text);
    const refused = await other.ov([
      "vault",
      "recover",
      "--from",
      backup,
      "--code-file",
      kit,
      "--recovery-file",
      join(other.root, "n"),
    ]);
    assert.equal(refused.code, 10, refused.stderr);
    assert.match(refused.stderr, /older than the recovery kit/);
  }
  assert.ok(!existsSync(join(other.ovHome, "vault")));
});

test("two of three shares recover, whoever brings them; one does not", async (t) => {
  const { home, kit } = await withKit(t);
  const folder = join(home.root, "shares");
  mkdirSync(folder);
  const split = ["recovery", "split", "--shares", "3", "--threshold", "2", "--code-file", kit, "--folder", folder];
  const made = await home.ov(split, { askpass: false });
  assert.equal(made.code, 0, made.stderr);
  const files = readdirSync(folder).sort();
  assert.match(files[0]!, /^recovery-share-1-of-3-set-[0-9A-F]{8}\.txt$/);
  for (const file of files) assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600);
  const share = (at: number): readonly string[] => ["--share-file", join(folder, files[at]!)];
  const code = join(home.root, "combined");
  assert.match(
    (await home.ov(["recovery", "combine", ...share(0), "--code-file", code])).stderr,
    /takes 2 different shares/,
  );
  const combined = await home.ov(["recovery", "combine", ...share(2), ...share(0), "--code-file", code]);
  assert.equal(combined.code, 0, combined.stderr);
  assert.equal(readFileSync(code, "utf8").trim(), CODE.exec(readFileSync(kit, "utf8"))![0]);
  writeAskpass(home, NEW_PASSWORD);
  const recovered = await home.ov(["vault", "recover", "--code-file", code, "--recovery-file", join(home.root, "new")]);
  assert.equal(recovered.code, 0, recovered.stderr);
  const stale = await home.ov(split, { askpass: false });
  assert.equal(stale.code, 4, "a code that opens nothing is not split");
});

test("people see their shares on a screen of their own, type two groups, and later type the shares", async (t) => {
  const { home, kit } = await withKit(t);
  const split = atTerminal(t, home, ["recovery", "split", "--shares", "2", "--threshold", "2", "--code-file", kit]);
  const SHARE = /[0-9A-Z]{6}(-[0-9A-Z]{6}){9}/g;
  const shares: string[] = [];
  for (let at = 0; at < 2; at++) {
    await split.see("Press Enter to hide this.");
    shares.push(split.screen.match(SHARE)!.at(-1)!);
    split.type(ENTER);
    await typeGroups(split, shares[at]!);
  }
  assert.equal(await split.exit, 0);
  assert.doesNotMatch(split.screen.split("\x1b[?1049l").at(-1)!, SHARE);

  const combine = atTerminal(t, home, ["recovery", "combine"]);
  await combine.see("Share 1:");
  combine.type(`${shares[0]}${ENTER}`);
  await combine.see("1 of 2 shares of set");
  await combine.see("Share 2:");
  const typo = mistyped(shares[1]!, 0);
  combine.type(`${typo}${ENTER}`);
  await combine.see("mistake in group 1 of 10");
  combine.type(`\x15${shares[1]}${ENTER}`);
  await combine.see(CODE.exec(readFileSync(kit, "utf8"))![0]);
  combine.type(ENTER);
  assert.equal(await combine.exit, 0);
});
