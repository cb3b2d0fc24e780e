import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { compileMatcher } from "#core/redact/matcher.ts";
import type { LeakLimits } from "#core/run/leaked-budget.ts";
import { findLeakedFiles, type LeakScan } from "#core/run/leaked-files.ts";

const A = "qvStripe-9f2Lw81zXcRt7";
const B = "qvPostgres-77hTz04mBnKe";
const matcher = compileMatcher([
  { name: "A", value: Buffer.from(A) },
  { name: "B", value: Buffer.from(B) },
]);

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "ov-leak-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const BEGAN = Date.now();

/** What was changed since the tests began; with as many seconds as a slow machine needs. */
function find(folder: string, limits?: Partial<LeakLimits>, since = BEGAN): Promise<LeakScan> {
  return findLeakedFiles(folder, since, matcher, { ms: 60_000, ...limits });
}

async function found(folder: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const { files, incomplete } = await find(folder);
  assert.equal(incomplete, undefined);
  return Object.fromEntries(files.map(({ path, names }) => [path, names]));
}

test("S102 a value that was left in a file is named with the file, in whatever folder and form, and is not shown", async (t) => {
  const folder = folderFor(t);
  for (const sub of ["src", ".hidden", "node_modules/pkg", ".git/objects", "dist/a/b"]) {
    mkdirSync(join(folder, sub), { recursive: true });
  }
  const files: Readonly<Record<string, string | Buffer>> = {
    "plain.txt": `key = ${A}\n`,
    "src/both.json": JSON.stringify({ a: A, b: B }),
    "src/encoded.txt": Buffer.from(`user:${A}`).toString("base64"),
    ".hidden/.env": `B=${B}`,
    "node_modules/pkg/.npmrc": `//registry/:_authToken=${A}`,
    ".git/objects/loose": deflateSync(`blob 30\0${A}`),
    "dist/a/b/log.gz": gzipSync(`… ${B} …`),
    "dist/binary": Buffer.concat([Buffer.alloc(300_000, 0xfe), Buffer.from(A), Buffer.alloc(10)]),
    "src/utf16.txt": Buffer.from(A, "utf16le"),
    ".gitignore": ".hidden\nnode_modules\ndist\n*.txt\n",
    "src/clean.ts": "export const key = process.env.A;\n",
  };
  for (const [path, content] of Object.entries(files)) writeFileSync(join(folder, path), content);
  const leaked = await found(folder);
  assert.deepEqual(leaked, {
    "plain.txt": ["A"],
    "src/both.json": ["A", "B"],
    "src/encoded.txt": ["A"],
    ".hidden/.env": ["B"],
    "node_modules/pkg/.npmrc": ["A"],
    ".git/objects/loose": ["A"],
    "dist/a/b/log.gz": ["B"],
    "dist/binary": ["A"],
    "src/utf16.txt": ["A"],
  });
  assert.ok(!JSON.stringify(leaked).includes(A));
});

test("S102 a value in the name of a file, a folder or a link is found, and the name is not shown", async (t) => {
  const folder = folderFor(t);
  writeFileSync(join(folder, `x-${A}.txt`), "nothing inside");
  mkdirSync(join(folder, `d-${B}`));
  symlinkSync(`/nowhere/${A}`, join(folder, "link"));
  const leaked = await found(folder);
  assert.deepEqual(leaked, { "x-[redacted:A].txt": ["A"], "d-[redacted:B]": ["B"], link: ["A"] });
});

test("S102 a file whose times a program set back, or that it moved into place, is looked at all the same", async (t) => {
  const folder = folderFor(t);
  writeFileSync(join(folder, "old.txt"), A);
  utimesSync(join(folder, "old.txt"), 0, 0);
  writeFileSync(join(folder, "staged"), B);
  renameSync(join(folder, "staged"), join(folder, "moved.txt"));
  assert.deepEqual(await found(folder), { "old.txt": ["A"], "moved.txt": ["B"] });
});

test("a file that the run did not change is left alone", async (t) => {
  const folder = folderFor(t);
  writeFileSync(join(folder, "before.txt"), A);
  // The allowance for clocks is 2 s.
  const { files } = await find(folder, {}, Date.now() + 60_000);
  assert.deepEqual(files, []);
});

test("S394 what was changed behind a link that leads elsewhere is named by the link, once, and nothing else there", async (t) => {
  const folder = folderFor(t);
  const outside = folderFor(t);
  const other = folderFor(t);
  mkdirSync(join(outside, "sub"));
  writeFileSync(join(outside, "sub/secret.txt"), A);
  writeFileSync(join(other, "file.txt"), B);
  symlinkSync(outside, join(folder, "linked"));
  symlinkSync(join(outside, "sub"), join(folder, "once-more"));
  symlinkSync(join(other, "file.txt"), join(folder, "one.txt"));
  symlinkSync(folder, join(outside, "back"));
  symlinkSync(folder, join(folder, "loop"));
  symlinkSync("nowhere", join(folder, "dangling"));
  symlinkSync("/proc/self", join(folder, "proc"));
  execFileSync("mkfifo", [join(folder, "pipe")]);
  assert.deepEqual(await found(folder), { "linked/sub/secret.txt": ["A"], "one.txt": ["B"] });
});

test("a link to a folder above finds what was changed there, and the folder's own files once", async (t) => {
  const above = folderFor(t);
  const folder = join(above, "project");
  mkdirSync(folder);
  writeFileSync(join(folder, "own.txt"), A);
  writeFileSync(join(above, "beside.txt"), B);
  symlinkSync("..", join(folder, "up"));
  assert.deepEqual(await found(folder), { "own.txt": ["A"], "up/beside.txt": ["B"] });
});

test("what a link leads to is left alone if it was not changed, and so is a link that was there before", async (t) => {
  const folder = folderFor(t);
  const outside = folderFor(t);
  writeFileSync(join(outside, "secret.txt"), A);
  symlinkSync(join(outside, "secret.txt"), join(folder, "link.txt"));
  assert.deepEqual((await find(folder, {}, Date.now() + 60_000)).files, []);
});

test("a file whose name is no text is found", async (t) => {
  const folder = folderFor(t);
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/x`), Buffer.from([0xff, 0xfe])]), A);
  const [leaked] = (await find(folder)).files;
  assert.deepEqual([leaked?.path, leaked?.names], ["x\uFFFD\uFFFD", ["A"]]);
});

test("what could not be looked at is told", async (t) => {
  const folder = folderFor(t);
  writeFileSync(join(folder, "a-leak.txt"), A);
  writeFileSync(join(folder, "large.txt"), Buffer.concat([Buffer.alloc(100_000), Buffer.from(B)]));
  const small = await find(folder, { fileBytes: 50_000 });
  assert.deepEqual([small.incomplete, small.files.length, small.unread], ["too large", 1, ["large.txt"]]);
  assert.equal((await find(folder, { totalBytes: 10 })).incomplete, "too large");
  assert.equal((await find(folder, { entries: 1 })).incomplete, "too many files");
  assert.equal((await find(folder, { ms: -1 })).incomplete, "time");
  assert.equal((await find(folder)).incomplete, undefined);
  assert.equal((await find(join(folder, "missing"))).incomplete, "unreadable");
});

test("at most 100 files are named", async (t) => {
  const folder = folderFor(t);
  for (let count = 0; count < 110; count++) writeFileSync(join(folder, `${count}.txt`), A);
  const { files, incomplete } = await find(folder);
  assert.deepEqual([files.length, incomplete], [100, "too many files"]);
});

test("a bomb of compressed zeros costs no more than 16 MiB, and what merely looks compressed is read as it is", async (t) => {
  const folder = folderFor(t);
  writeFileSync(join(folder, "bomb.gz"), gzipSync(Buffer.alloc(64 * 1024 * 1024)));
  writeFileSync(join(folder, "fake.gz"), Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from(` ${A}`)]));
  const { files, incomplete, unread } = await find(folder);
  assert.deepEqual([files.map(({ path }) => path), incomplete, unread], [["fake.gz"], "too large", ["bomb.gz"]]);
});

test("files that come and go while it looks are no error", async (t) => {
  const folder = folderFor(t);
  writeFileSync(join(folder, "leak.txt"), A);
  let goes = true;
  const churn = (async () => {
    for (let count = 0; goes; count++) {
      const sub = join(folder, `sub${count % 7}`);
      mkdirSync(sub, { recursive: true });
      writeFileSync(join(sub, "x"), "x");
      rmSync(sub, { recursive: true });
      await sleep(0);
    }
  })();
  for (let count = 0; count < 20; count++) {
    const { files } = await find(folder);
    assert.deepEqual(files, [{ path: "leak.txt", names: ["A"] }]);
    await sleep(1);
  }
  goes = false;
  await churn;
});

test("what is packed in another way is not seen, as the docs say", async (t) => {
  const folder = folderFor(t);
  writeFileSync(join(folder, "raw.deflate"), deflateRawSync(A));
  assert.deepEqual(await found(folder), {});
});
