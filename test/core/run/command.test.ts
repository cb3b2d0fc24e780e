import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Command, commandHash, describeCommand, requireCommand, toArgv } from "#core/run/command.ts";
import { isVaultError } from "#core/vault-error.ts";

test("an empty command, a NUL and a command that nobody would read are refused", () => {
  const refused: Command[] = [
    "",
    "  \n",
    [],
    [""],
    "a\0b",
    ["ls", "\0"],
    "x".repeat(40_000),
    ["a", "x".repeat(40_000)],
  ];
  for (const command of refused) {
    assert.throws(
      () => requireCommand(command),
      (error) => isVaultError(error, "argument-invalid"),
    );
  }
  for (const command of ["ls", ["ls", ""], ["ls", " "]]) requireCommand(command);
});

test("a string goes to the shell of the system, an array to nobody but the program", () => {
  assert.deepEqual(toArgv("a | b", undefined, "linux"), {
    file: "/bin/sh",
    args: ["-c", "--", "a | b"],
    verbatim: false,
  });
  assert.deepEqual(toArgv('a "b"', "C:\\cmd.exe", "win32"), {
    file: "C:\\cmd.exe",
    args: ["/d", "/s", "/c", '"a "b""'],
    verbatim: true,
  });
  assert.deepEqual(toArgv(["a", "| b"], undefined, "linux"), { file: "a", args: ["| b"], verbatim: false });
});

test("S24 nothing in a command is hidden from the person who approves it", () => {
  const shown: [Command, string][] = [
    ["npm test", "npm test"],
    ["a\nb", "a\\u{a}b"],
    ["ls \u202e fr-rm", "ls \\u{202e} fr-rm"],
    ["ls\u200b\u2066\ufeff\u00ad", "ls\\u{200b}\\u{2066}\\u{feff}\\u{ad}"],
    ["ls \u001b[8m; rm -rf ~", "ls \\u{1b}[8m; rm -rf ~"],
    ["ls\u00a0\u2003x\u3164\u2800", "ls\\u{a0}\\u{2003}x\\u{3164}\\u{2800}"],
    ["ls \u{e0041}\ud800", "ls \\u{e0041}\\u{d800}"],
    [`ls${" ".repeat(300)}; rm -rf ~`, "ls \\u{20 x 298} ; rm -rf ~"],
    ["echo \\u{a}", "echo \\u{5c}u{a}"],
    [["npm", "test"], "npm test"],
    [["echo", "a b", "it's", ""], "no shell: echo 'a b' 'it'\\''s' ''"],
    ["no shell: echo", "\\u{6e}o shell: echo"],
    ["grüße 日本", "grüße 日本"],
  ];
  for (const [command, line] of shown) assert.equal(describeCommand(command), line);
});

test("S24 standard input is part of what is approved", () => {
  assert.equal(describeCommand("sh", Buffer.from('rm -rf "$HOME"\n')), 'stdin "rm -rf \\u{22}$HOME\\u{22}\\u{a}" | sh');
  assert.equal(describeCommand("sh", new Uint8Array()), "sh");
  assert.match(
    describeCommand("sh", Buffer.alloc(5_000, "x")),
    /^stdin "x{2000}" \(5000 bytes, SHA-256 [0-9a-f]{64}\) \| sh$/,
  );
  assert.match(describeCommand("sh", Buffer.from([0xff])), /SHA-256/);
  assert.notEqual(describeCommand('stdin "a" | sh'), describeCommand("sh", Buffer.from("a")));
});

test("S24 two different commands never show the same line, unless a shell would do the same with both", () => {
  const word = fc.string({ unit: fc.constantFrom(..."ab '\\\"u{5c}|$\n\u200b\u202e"), maxLength: 6 });
  const command = fc.oneof(word, fc.array(word, { minLength: 1, maxLength: 3 }));
  const isSame = (a: Command, b: Command): boolean => {
    const [x, y] = [a, b].map((each) => (typeof each === "string" ? each : each.join(" ")));
    return (
      x === y && [a, b].every((each) => typeof each === "string" || each.every((part) => /^[a-z0-9]+$/.test(part)))
    );
  };
  fc.assert(
    fc.property(command, command, (a, b) => {
      if (JSON.stringify(a) === JSON.stringify(b)) return true;
      return describeCommand(a) !== describeCommand(b) || isSame(a, b);
    }),
    { numRuns: 5_000 },
  );
});

test("the hash tells a string from an array, and one input from another", () => {
  const hashes = [
    commandHash("ls"),
    commandHash(["ls"]),
    commandHash(["l", "s"]),
    commandHash("ls", Buffer.from("x")),
    commandHash("ls", Buffer.from("y")),
  ];
  assert.equal(new Set(hashes).size, hashes.length);
  assert.equal(commandHash("ls"), commandHash("ls", new Uint8Array()));
});
