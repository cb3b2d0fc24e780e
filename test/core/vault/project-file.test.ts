import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { requireSecretName } from "#core/vault/context.ts";
import { parseProjectFile } from "#core/vault/parse-project-file.ts";
import { findProjectFile } from "#core/vault/project-file.ts";
import { resolveContext } from "#core/vault/resolve-context.ts";

async function folder(run: (root: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "ov-project-"));
  await run(root).finally(() => rm(root, { recursive: true, force: true }));
}

test("the nearest .ov.yaml upward is found, and none above home", () =>
  folder(async (root) => {
    await mkdir(join(root, "home/project/src"), { recursive: true });
    await writeFile(join(root, ".ov.yaml"), "app: above\n");
    const home = join(root, "home");
    assert.equal(await findProjectFile(join(home, "project/src"), home), undefined);
    await writeFile(join(home, "project/.ov.yaml"), "app: shop\nenv: dev\nsecrets: [A, B]\n");
    const found = await findProjectFile(join(home, "project/src"), home);
    assert.equal(found!.app, "shop");
    assert.equal(found!.environment, "dev");
    assert.deepEqual(found!.secrets, ["A", "B"]);
  }));

if (process.platform !== "win32") {
  test("a named pipe in place of .ov.yaml is refused, and does not hang", () =>
    folder(async (root) => {
      assert.equal(spawnSync("mkfifo", [join(root, ".ov.yaml")]).status, 0);
      await assert.rejects(findProjectFile(root, root), { code: "project-file-invalid" });
    }));
}

test("the hash changes with the content and with the place", () => {
  const hash = (path: string, text: string) => parseProjectFile(path, text).hash;
  assert.notEqual(hash("/a/.ov.yaml", "app: x"), hash("/a/.ov.yaml", "app: y"));
  assert.notEqual(hash("/a/.ov.yaml", "app: x"), hash("/b/.ov.yaml", "app: x"));
  assert.equal(hash("/a/.ov.yaml", "app: x"), hash("/a/.ov.yaml", "app: x"));
});

const INVALID: readonly (readonly [string, string, RegExp])[] = [
  ["an unknown key names its line", "app: x\nserver: https://evil.example\n", /:2: unknown key; known are/],
  ["a policy can't be set", "policy: open\n", /:1: unknown key;/],
  ["a wrong type of app", "app: [x]\n", /:1: a plain text/],
  ["a number as app", "app: 3\n", /:1: a plain text/],
  ["a wrong type of secrets", "app: x\nsecrets: A\n", /:2: a list of names/],
  ["a name that loads code", "secrets:\n  - A\n  - LD_PRELOAD\n", /:3: that can't be the name/],
  ["a name with a slash", "app: ../x\n", /:1: names have/],
  ["the environment twice", "env: a\nenvironment: b\n", /:2: name the environment once/],
  ["a key twice", "app: a\napp: b\n", /:2: duplicate key/],
  ["a list at the top", "- app\n", /keys and values/],
  ["nothing", "", /empty/],
  ["broken YAML", "app: [x\n", /:/],
  ["an alias", "app: &a x\nenvironment: *a\n", /a plain text/],
  ["an anchor bomb", `a: &a [x,x]\nb: &b [${"*a,".repeat(50)}]\nc: [${"*b,".repeat(50)}]\n`, /:1: unknown key;/],
  ["wrong commands", "commands: [x]\n", /:1: commands with lists/],
];

for (const [what, text, message] of INVALID) {
  test(`.ov.yaml is refused: ${what}`, () => {
    assert.throws(() => parseProjectFile("/p/.ov.yaml", text), { code: "project-file-invalid", message });
  });
}

test("S184 a file that is no .ov.yaml is refused without a word of it", () => {
  const shadow = "root:*:20228:0:99999:7:::\ndaemon:$y$j9T$x/secret:20228:0\n";
  for (const text of [shadow, "sk_live_4eC39HqLyjWDarjtT1zdp7dc: x\n", "app: x\nsecret-words: y\n"]) {
    assert.throws(
      () => parseProjectFile("/p/.ov.yaml", text),
      ({ message }: Error) => !/root|daemon|20228|sk_live|secret-words/.test(message),
      text,
    );
  }
});

if (process.platform !== "win32") {
  test("S383 a .ov.yaml that is a link out of its folder is not read, and one inside of it is", () =>
    folder(async (root) => {
      await mkdir(join(root, "project/shared"), { recursive: true });
      const [project, outside] = [join(root, "project"), join(root, "outside.yaml")];
      const path = join(project, ".ov.yaml");
      await writeFile(outside, "app: shop\n");
      await writeFile(join(project, "shared/ov.yaml"), "app: shop\n");
      await symlink("../outside.yaml", join(project, "step"));
      for (const target of [outside, "../outside.yaml", "step", "/etc/passwd", "nowhere", ".ov.yaml"]) {
        await symlink(target, path);
        const refused = { code: "project-file-invalid", message: /a link that leads out of its folder/ };
        await assert.rejects(findProjectFile(project, root), refused, target);
        await rm(path);
      }
      await symlink("shared/ov.yaml", path);
      assert.equal((await findProjectFile(project, root))!.app, "shop");
      // The folder itself may be reached by a link.
      await symlink(project, join(root, "alias"));
      assert.equal((await findProjectFile(join(root, "alias"), root))!.app, "shop");
    }));
}

test("a .ov.yaml of 10 MB, one that is a folder and one that is not UTF-8 are refused", () =>
  folder(async (root) => {
    const path = join(root, ".ov.yaml");
    await writeFile(path, `app: x\n${"# filler\n".repeat(1_200_000)}`);
    await assert.rejects(findProjectFile(root, root), { code: "project-file-invalid", message: /larger than 65536/ });
    await writeFile(path, Buffer.from([0x61, 0xff, 0xfe]));
    await assert.rejects(findProjectFile(root, root), { code: "project-file-invalid", message: /UTF-8/ });
    await rm(path);
    await mkdir(path);
    await assert.rejects(findProjectFile(root, root), { code: "project-file-invalid" });
  }));

const A = requireSecretName("A");
const B = requireSecretName("B");

test("an explicit context beats the file, the file beats the user's default, and nothing is guessed", () => {
  const file = parseProjectFile("/p/.ov.yaml", "app: shop\nenvironment: dev\n");
  const user = { app: "mine", environment: "home" };
  assert.deepEqual(resolveContext({ app: "a", environment: "b" }, file, user).context, { app: "a", environment: "b" });
  assert.equal(resolveContext({ app: "a", environment: "b" }, file, user).source, "arguments");
  assert.deepEqual(resolveContext({}, file, user).context, { app: "shop", environment: "dev" });
  assert.equal(resolveContext({}, file, user).projectFile, file);
  assert.deepEqual(resolveContext({}, undefined, user).context, { app: "mine", environment: "home" });
  assert.throws(() => resolveContext({}, undefined, undefined), { code: "context-missing" });
  assert.throws(() => resolveContext({ app: "a" }, undefined, undefined), {
    code: "context-missing",
    message: /No environment/,
  });
});

test("S37 a .ov.yaml only narrows: names outside its list are refused for its context", () => {
  const file = parseProjectFile("/p/.ov.yaml", "app: shop\nenvironment: dev\nsecrets: [A]\n");
  assert.deepEqual(resolveContext({}, file, undefined).names, [A]);
  assert.deepEqual(resolveContext({ secrets: [A] }, file, undefined).names, [A]);
  assert.throws(() => resolveContext({ secrets: [A, B] }, file, undefined), { code: "denied-by-policy" });
  assert.throws(() => resolveContext({ app: "shop", environment: "dev", secrets: [B] }, file, undefined), {
    code: "denied-by-policy",
  });
  assert.deepEqual(resolveContext({ app: "shop", environment: "dev" }, file, undefined).names, [A]);
});

test("commands that the file lists get their names, and others none", () => {
  const file = parseProjectFile(
    "/p/.ov.yaml",
    "app: shop\nenvironment: dev\ncommands:\n  npm: [A]\n  npm run deploy: [A, B]\n",
  );
  assert.deepEqual(resolveContext({}, file, undefined, "npm test").names, [A]);
  assert.deepEqual(resolveContext({}, file, undefined, "npm run deploy --now").names, [A, B]);
  for (const command of [
    "npmx",
    "env",
    "npm test; env",
    "npm test && env",
    "npm test\nenv",
    "npm $(env)",
    "npm test | cat",
  ]) {
    assert.throws(() => resolveContext({}, file, undefined, command), { code: "denied-by-policy" }, command);
  }
});
