import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { seeded } from "../../../bench/redact-texts.ts";
import { compileMatcher, isWeak, redactText } from "../../../extension/core/redact/matcher.ts";
import { matcherOf, named, redacted } from "./redacted.ts";

const KEY = "Xk93mQz7Lw2RtB8nVc5J";

test("S46 a secret's name and the text around it stay as they are, and each redaction is counted", () => {
  const redactor = matcherOf({ API_KEY: KEY }).redactor();
  const out = Buffer.concat([redactor.push(Buffer.from(`API_KEY=${KEY} ok\nAPI_KEY again: ${KEY}\n`)), redactor.end()]);
  assert.equal(out.toString(), "API_KEY=[redacted:API_KEY] ok\nAPI_KEY again: [redacted:API_KEY]\n");
  assert.deepEqual([...redactor.counts], [["API_KEY", 2]]);
});

test("a value that follows the last line of a dump is hidden, in an array of numbers too", () => {
  const rows = Array.from({ length: 64 }, (_, n) => {
    const row = randomBytes(16).map((byte) => byte | 0x80);
    const words = Buffer.from(row).toString("hex").replace(/.{4}/g, "$& ");
    return `${(n * 16).toString(16).padStart(8, "0")}: ${words} ................\n`;
  });
  const dump = `${rows.join("")}00000400: aabf e4`;
  const out = redacted(matcherOf({ API_KEY: KEY }), dump + JSON.stringify(Buffer.from(KEY)));
  assert.equal(out.toString().slice(0, dump.length), dump);
  assert.match(out.toString().slice(dump.length), /^\{"type":"Buffer","data":\[\[redacted:API_KEY\]\]\}$/);
});

test("a value in an address takes nothing of its own line or of the one before along", () => {
  const hex = "eff818b299a8a4e97a5c0eed75e09bce";
  const words = "cold-orbit-7b2e-4f19-a0c3";
  for (const value of [KEY, hex, words]) {
    const matcher = matcherOf({ PASSWORD: value });
    for (const [before, after] of [
      ["PWD=/home/ada\nHTTP_PROXY=http://run:", "@localhost:3128\n"],
      ["done\nDATABASE_URL=postgres://shop:", "@db/shop\n"],
    ] as const) {
      assert.equal(redactText(matcher, before + value + after), `${before}[redacted:PASSWORD]${after}`);
    }
  }
});

test("S47 a short or common value is masked only as the value of something, and never inside a word", () => {
  const matcher = matcherOf({ MODE: "production", PIN: "1234" });
  assert.deepEqual(matcher.weak, ["MODE", "PIN"]);
  const clean = "reproduction of a production line, 12345 and 1234 items on port 51234\n";
  assert.equal(redactText(matcher, clean), clean);
  assert.equal(redactText(matcher, "env=production\npin: 1234\n"), "env=[redacted:MODE]\npin: [redacted:PIN]\n");
  assert.equal(
    redactText(matcher, '{"mode":"production"} --pin 1234'),
    '{"mode":"[redacted:MODE]"} --pin [redacted:PIN]',
  );
  assert.equal(redactText(matcher, "the PIN is 1234."), "the PIN is [redacted:PIN].");
});

test("S48 values that overlap, hold one another or resemble the placeholder leave nothing of themselves", () => {
  const overlap = matcherOf({ A: "alphaBRAVO7charlie", B: "charlieDELTA8echo" });
  assert.equal(redactText(overlap, "x alphaBRAVO7charlieDELTA8echo y"), "x [redacted:A] y");
  const prefix = matcherOf({ SHORT: "ovtok_5f7a91c2", LONG: "ovtok_5f7a91c2d8e6b3" });
  assert.equal(redactText(prefix, "ovtok_5f7a91c2d8e6b3 ovtok_5f7a91c2"), "[redacted:LONG] [redacted:SHORT]");
  const marker = matcherOf({ M: "[redacted:", N: "[redacted:M]xyz" });
  assert.ok(!redactText(marker, "a [redacted:M]xyz b").includes("xyz"));
});

test("S49 a value of 64 KiB is hidden whole, in pieces and in base64, at any chunk size", () => {
  const value = randomBytes(48 * 1024).toString("base64");
  const matcher = matcherOf({ BIG: value });
  assert.equal(redacted(matcher, `a ${value} b`, () => 4099).toString(), "a [redacted:BIG] b");
  // Letters beside it could be the value's next ones by chance.
  assert.equal(redactText(matcher, `< ${value.slice(30_001, 30_021)} >`), "< [redacted:BIG] >");
  const encoded = Buffer.from(`x${value}`).toString("base64");
  assert.ok(redacted(matcher, encoded, () => 65_536).length < 64);
});

test("S50 bytes that are no UTF-8 are hidden, and those of the output survive", () => {
  const value = Buffer.from("fffe80c328a0a1f09028bc5a9d8871e6c4b2", "hex");
  const matcher = matcherOf({ RAW: value });
  const around = Buffer.from([0xc3, 0x28, 0xff, 0, 0x80, 0xe2, 0x82]);
  const out = redacted(matcher, Buffer.concat([around, value, around]), () => 3);
  assert.deepEqual(out, Buffer.concat([around, Buffer.from("[redacted:RAW]"), around]));
  assert.equal(redactText(matcher, `x ${value.toString("hex")} y`), "x [redacted:RAW] y");
});

test("S51 the secrets inside a value are hidden: a password in a URL, a leaf of JSON, a line and the bytes of a PEM", () => {
  const url = matcherOf({ DSN: "postgres://app:Zx9%2FkQ7w%40Lm2@db.internal:5432/main" });
  assert.equal(redactText(url, "password Zx9/kQ7w@Lm2"), "password [redacted:DSN]");
  const json = matcherOf({
    FILE: JSON.stringify({ id: "demo", private_key_id: "e479b8ab8d1f672b44c738fac174948dc9141689" }),
  });
  assert.equal(redactText(json, "id demo, e479b8ab8d1f672b44c738fac174948dc9141689"), "id demo, [redacted:FILE]");
  // Fixed: about once in a hundred random keys a word beside a line is redacted along with it.
  const body = createHash("shake256", { outputLength: 96 }).update("a key").digest();
  const lines = body.toString("base64").match(/.{64}/g)!.join("\n");
  const pem = matcherOf({ PEM: `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n` });
  assert.equal(redactText(pem, "-----BEGIN PRIVATE KEY-----\n"), "-----BEGIN PRIVATE KEY-----\n");
  assert.equal(redactText(pem, `log | ${lines.split("\n")[1]}\n`), "log | [redacted:PEM]\n");
  assert.equal(redactText(pem, `der ${body.toString("hex")}`), "der [redacted:PEM]");
});

test("S52 a truncated value is hidden from eight characters on; a common prefix is not", () => {
  const matcher = matcherOf({ TOKEN: "ovt_9fK2mQ7xLw3RzB8nTc5VhJ4p", STRIPE: "sk_live_51HxYzAbCdEfGhIj" });
  assert.equal(redactText(matcher, "ovt_9fK2mQ..."), "[redacted:TOKEN]...");
  assert.equal(redactText(matcher, "...nTc5VhJ4p"), "...[redacted:TOKEN]");
  assert.equal(redactText(matcher, "sk_live_ is a prefix"), "sk_live_ is a prefix");
  const signs = matcherOf({ PASSWORD: "Kp@7s/w+rd=&%\"q'\\<x>$y z!^~;#9L", URL: "postgres://app:Zx9%2FkQ7w@h/db" });
  assert.equal(redactText(signs, 'Kp@7s/w+rd=&%"q <'), "[redacted:PASSWORD] <");
  assert.equal(redactText(matcher, "ovt_9fK2"), "[redacted:TOKEN]");
  assert.equal(redactText(matcher, "ovt_9fK2Z and xovt_9fK2"), "ovt_9fK2Z and xovt_9fK2");
  assert.equal(redactText(signs, "to postgres://app: refused"), "to postgres://app: refused");
});

test("S52 of a short value with signs, what a program coloured, turned around, rotated or put in one case is hidden", () => {
  const matcher = matcherOf({ PASSWORD: "hT7\\k9Lz!" });
  for (const text of ["hT7\x1b[31m\\k\x1b[0m9Lz!", "!zL9k\\7Th", "uG7\\x9Ym!", "HT7\\K9LZ!", "ht7\\k9lz!"])
    assert.equal(redactText(matcher, `is ${text} now`), "is [redacted:PASSWORD] now");
});

test("S53 a bomb in base64 costs bounded work, and what follows it is still redacted", () => {
  const bomb = gzipSync(Buffer.alloc(64 << 20)).toString("base64");
  const out = redacted(matcherOf({ KEY }), `${bomb}\nkey ${KEY}\n`, () => 8192).toString();
  assert.equal(out, `${bomb}\nkey [redacted:KEY]\n`);
});

test("S54 an output cap after redaction never holds part of a value", () => {
  const out = redacted(matcherOf({ KEY }), `${"z".repeat(1000)} ${KEY} ${"z".repeat(1000)}`);
  for (let cap = 990; cap < 1040; cap++) assert.ok(!out.subarray(0, cap).includes(KEY.slice(0, 6)));
});

test("S55 nothing of a value is released before the rest of it has come", () => {
  const redactor = matcherOf({ KEY }).redactor();
  let shown = "";
  for (const char of `hello\n${KEY}`) {
    shown += Buffer.from(redactor.push(Buffer.from(char))).toString();
    assert.ok("hello\n".startsWith(shown));
  }
  assert.equal(shown + Buffer.from(redactor.end()).toString(), "hello\n[redacted:KEY]");
});

test("a line and a prompt are released at once if no value may begin in them", () => {
  const redactor = matcherOf({ KEY }).redactor();
  assert.equal(Buffer.from(redactor.push(Buffer.from("done\n"))).toString(), "done\n");
  assert.equal(Buffer.from(redactor.push(Buffer.from("user@host:~/work$ "))).toString(), "user@host:~/work$ ");
  assert.equal(Buffer.from(redactor.push(Buffer.from("Password: "))).toString(), "Password: ");
});

test("S396 a piece of eight letters and digits or more is hidden where it goes on with the piece before, whatever stands between", () => {
  const random = seeded(11);
  const frames = [
    (piece: string, n: number) => `part${n}=${piece}&`,
    (piece: string, n: number) => `${n},item,${piece},ok\n`,
    (piece: string, n: number) => `<td class="c${n}">${piece}</td>\n`,
    (piece: string, n: number) => `chunk ${n} of the file is ${piece} and so on; `,
  ];
  for (let n = 0; n < 200; n++) {
    const value = Array.from({ length: 32 }, () => ALPHANUMERIC[random(ALPHANUMERIC.length)]!).join("");
    const pieces = value.match(new RegExp(`.{1,${8 + random(4)}}`, "g"))!;
    const output = redacted(matcherOf({ KEY: value }), pieces.map(frames[n % frames.length]!).join("")).toString();
    // A line with the first one may be shown before the second comes; of the last, too little may be left.
    for (const piece of pieces.slice(1, -1)) assert.ok(!output.includes(piece), `${piece} of ${value} in ${output}`);
  }
});

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

test("six hex digits of a value and the next six of it are chance in hex of other data", () => {
  const matcher = matcherOf({ KEY: "Py0wIJDmwxLP5e++KNPpUZ28SyBrSZr3" });
  const hex =
    "c0f4cabe7d4cbc6e090353ce8414a93de9c84a32e197a2ac95e9fbc5d616" + "f85fe199e80793f6dccac203d2f236e7bad1a4e7";
  assert.equal(redactText(matcher, hex), hex);
});

test("hardly any line waits for the next one, beside one secret and beside a hundred", () => {
  const random = seeded(7);
  const text = (length: number, alphabet: string): string =>
    Array.from({ length }, () => alphabet[random(alphabet.length)]!).join("");
  for (const [count, most] of [
    [1, 5],
    [100, 150],
  ] as const) {
    const values = Array.from({ length: count }, (_, n) => [
      `KEY_${n}`,
      text(32, "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkm23456789"),
    ]);
    const matcher = matcherOf(Object.fromEntries(values));
    const lines = Array.from({ length: 5_000 }, () => `the port is ${text(3, "aeiou")}${text(6, "bdgklmnrst")}\n`);
    const waiting = lines.filter((line) => matcher.redactor().push(Buffer.from(line)).length === 0);
    assert.ok(waiting.length < most, `${waiting.length}`);
  }
});

test("S56 errors of the redactor and a wiped matcher hold no value", () => {
  const values = named({ KEY });
  const matcher = compileMatcher(values);
  const redactor = matcher.redactor();
  redactor.end();
  assert.throws(
    () => redactor.push(Buffer.from(KEY)),
    (error: Error) => !error.message.includes(KEY.slice(0, 8)),
  );
  matcher.wipe();
  assert.throws(
    () => matcher.redactor(),
    (error: Error) => !error.message.includes(KEY.slice(0, 8)),
  );
  assert.equal(Buffer.from(values[0]!.value).toString(), KEY, "the caller's bytes are the caller's");
});

test("a value is weak if it is short, a common word, a short number or a repetition", () => {
  for (const text of ["abc", "1234", "production", "Password123", "739154", "aaaaaaaaaa", "123456789", "secret"]) {
    assert.ok(isWeak(Buffer.from(text)), text);
  }
  for (const text of [KEY, "correct horse battery staple 42", "Tr0ub4dor&3"])
    assert.ok(!isWeak(Buffer.from(text)), text);
});
