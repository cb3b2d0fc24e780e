import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import * as zlib from "node:zlib";
import { compileMatcher } from "#core/redact/matcher.ts";
import type { LeakLimits } from "#core/run/leaked-budget.ts";
import { findLeakedFiles, type LeakScan } from "#core/run/leaked-files.ts";

const KEY = "qvStripe-9f2Lw81zXcRt7";
const matcher = compileMatcher([{ name: "KEY", value: Buffer.from(KEY) }]);
const TEXT = `The key of the server is ${KEY}, as agreed with the team. `.repeat(3);
const BEGAN = Date.now();

/** What is found of files with these contents. */
async function scan(
  t: TestContext,
  files: Readonly<Record<string, Uint8Array | string>>,
  limits: Partial<LeakLimits> = {},
): Promise<LeakScan> {
  const folder = mkdtempSync(join(tmpdir(), "ov-packed-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return findLeakedFiles(folder, BEGAN, matcher, { ms: 60_000, ...limits });
}

const pathsOf = ({ files }: LeakScan): readonly string[] => files.map(({ path }) => path).sort();

/** One file of a zip archive, as every writer begins it. */
function zipped(text: string, method: 8 | 12 | 93, bytes: Buffer, flags = 0): Buffer {
  const head = Buffer.alloc(30);
  head.write("PK\x03\x04", "latin1");
  head.writeUInt16LE(flags, 6);
  head.writeUInt16LE(method, 8);
  head.writeUInt32LE(bytes.length, 18);
  head.writeUInt32LE(text.length, 22);
  head.writeUInt16LE(8, 26);
  return Buffer.concat([head, Buffer.from("word.xml"), bytes]);
}

function png(text: Buffer): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(data.length);
    head.write(type, 4);
    return Buffer.concat([head, data, Buffer.alloc(4)]);
  };
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([signature, chunk("IDAT", zlib.deflateSync(randomBytes(500))), chunk("zTXt", text)]);
}

test("S393 a value in compressed data is found wherever in a file that begins, whatever stands behind, two layers deep", async (t) => {
  const { gzipSync, deflateSync, deflateRawSync } = zlib;
  const gz = gzipSync(TEXT);
  const files: Readonly<Record<string, Buffer>> = {
    "plain.gz": gz,
    "behind.gz": Buffer.concat([gz, Buffer.from("x\n")]),
    "before.bin": Buffer.concat([Buffer.from("X"), gz]),
    "cut.gz": gzipSync(KEY + randomBytes(3000).toString("hex")).subarray(0, 1500),
    "second.gz": Buffer.concat([gzipSync("hello"), gz]),
    "twice.gz": gzipSync(gzipSync(KEY)),
    "named.gz": Buffer.concat([
      Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]),
      Buffer.from("a.txt\0"),
      gz.subarray(10),
    ]),
    "doc.docx": Buffer.concat([
      zipped("other", 8, deflateRawSync("other ".repeat(99))),
      zipped(TEXT, 8, deflateRawSync(TEXT)),
    ]),
    "nested.jar": zipped("inner", 8, deflateRawSync(zipped(TEXT, 8, deflateRawSync(TEXT)))),
    "text.png": png(Buffer.concat([Buffer.from("Comment\0\0"), deflateSync(TEXT)])),
    "small-window.png": png(Buffer.concat([Buffer.from("Comment\0\0"), deflateSync(KEY, { windowBits: 9 })])),
    "page.pdf": Buffer.concat([
      Buffer.from("%PDF-1.4\n1 0 obj<</Filter/FlateDecode>>stream\n"),
      deflateSync(`BT (${TEXT}) Tj ET`),
      Buffer.from("\nendstream endobj"),
    ]),
    "stored.z": deflateSync(KEY, { level: 0 }),
    "fixed.z": deflateSync(KEY, { strategy: zlib.constants.Z_FIXED }),
    ...(zlib.zstdCompressSync === undefined ? {} : { "a.zst": zlib.zstdCompressSync(TEXT) }),
  };
  const result = await scan(t, files);
  assert.deepEqual(pathsOf(result), Object.keys(files).sort());
  assert.equal(result.incomplete, undefined);
});

test("S393 a value in a pack of git is found, as an object and as a difference", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "ov-pack-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: string[]): void => {
    const { PATH } = process.env;
    const env = { PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: "1" };
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], {
      cwd: join(folder, "r"),
      env,
      stdio: "ignore",
    });
  };
  mkdirSync(join(folder, "r"));
  git("init", "-q");
  const lines = Array.from({ length: 500 }, (_, n) => `line ${n}`).join("\n");
  for (const text of [`${lines}\n${KEY}\n`, `${lines}\n`]) {
    writeFileSync(join(folder, "r/f"), text);
    git("add", "f");
    git("commit", "-qm", "m");
  }
  git("gc", "-q", "--prune=now");
  const result = await findLeakedFiles(folder, BEGAN, matcher, { ms: 60_000 });
  assert.equal(result.files.length, 1);
  assert.match(result.files[0]!.path, /^r\/\.git\/objects\/pack\/pack-.*\.pack$/);
  assert.equal(result.incomplete, undefined);
});

test("S395 what can't be unpacked is named as not looked into: other compressions, encryption, damage, many layers", async (t) => {
  const { gzipSync, deflateRawSync } = zlib;
  const damaged = gzipSync(TEXT + randomBytes(500).toString("base64"));
  damaged.fill(0xff, 40, 80);
  const files: Readonly<Record<string, Uint8Array>> = {
    "a.bz2": Buffer.concat([Buffer.from("BZh91AY&SY"), randomBytes(40)]),
    "in-archive.bin": Buffer.concat([Buffer.from("head"), Buffer.from("BZh61AY&SY"), randomBytes(40)]),
    "a.xz": Buffer.concat([Buffer.from("\xfd7zXZ\0", "latin1"), randomBytes(40)]),
    "a.7z": Buffer.concat([Buffer.from("7z\xbc\xaf\x27\x1c", "latin1"), randomBytes(40)]),
    "a.age": Buffer.from("age-encryption.org/v1\n-> X25519 …"),
    "locked.zip": zipped(TEXT, 8, deflateRawSync(TEXT), 1),
    "lzma.zip": zipped(TEXT, 12, randomBytes(40)),
    "damaged.gz": damaged,
    "layers.gz": Array.from({ length: 6 }).reduce<Buffer>((inner) => gzipSync(inner), Buffer.from(TEXT)),
    "fine.txt": Buffer.from("nothing"),
  };
  const { files: found, incomplete, unread } = await scan(t, files);
  assert.deepEqual([found, incomplete], [[], "unreadable"]);
  assert.deepEqual(
    [...unread!].sort(),
    Object.keys(files)
      .filter((name) => name !== "fine.txt")
      .sort(),
  );
});

test("S395 at most twenty such files are named, without the values in their names", async (t) => {
  const bytes = Buffer.concat([Buffer.from("BZh91AY&SY"), randomBytes(40)]);
  const names = Array.from({ length: 30 }, (_, n) => `${n}-${KEY}.bz2`);
  const { unread } = await scan(t, Object.fromEntries(names.map((name) => [name, bytes])));
  assert.equal(unread!.length, 20);
  assert.match(unread![0]!, /^\d+-\[redacted:KEY\]\.bz2$/);
});

test("S395 a path that is longer than the system takes is named as not looked at", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "ov-deep-"));
  t.after(() => execFileSync("rm", ["-rf", folder]));
  const name = "d".repeat(100);
  const script = `const fs = require("node:fs");
    for (let n = 0; n < 60; n++) { fs.mkdirSync("${name}"); process.chdir("${name}"); }
    fs.writeFileSync("s", "${KEY}");`;
  execFileSync(process.execPath, ["-e", script], { cwd: folder });
  const { files, incomplete, unread } = await findLeakedFiles(folder, BEGAN, matcher, { ms: 60_000 });
  assert.deepEqual([files, incomplete, unread?.length], [[], "unreadable", 1]);
  assert.ok(unread![0]!.startsWith(`${name}/${name}`));
});

test("a bomb in a bomb costs bounded memory, and is told", async (t) => {
  const zeros = zlib.gzipSync(Buffer.alloc(15 * 1024 * 1024));
  const inner = Buffer.concat(Array.from({ length: 200 }, () => zeros));
  const before = process.memoryUsage().rss;
  const result = await scan(t, { "bomb.gz": zlib.gzipSync(inner), "end.txt": KEY });
  assert.deepEqual([pathsOf(result), result.incomplete, result.unread], [["end.txt"], "too large", ["bomb.gz"]]);
  assert.ok(process.memoryUsage().rss - before < 512 * 1024 * 1024);
});

test("the pixels of an image are not searched, which takes longer than they are worth", async (t) => {
  const chunk = Buffer.concat([Buffer.from("\x00\x00\x10\x00IDAT", "latin1"), zlib.deflateSync(TEXT)]);
  assert.deepEqual(await scan(t, { "picture.png": chunk }), { files: [] });
});

test("random bytes, and text, hold nothing that looks packed", async (t) => {
  const text = Array.from({ length: 50_000 }, (_, n) => `function f${n}(x) { return x ^ ${n} ? "hC" : 8 * x; }`).join(
    "\n",
  );
  const result = await scan(t, { "random.bin": randomBytes(512 * 1024), "code.js": text });
  assert.deepEqual(result, { files: [] });
});
