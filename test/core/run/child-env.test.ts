import assert from "node:assert/strict";
import { test } from "node:test";
import { childEnvironment, inheritedCredentials, surroundingsOf } from "#core/run/child-env.ts";
import { isVaultError } from "#core/vault-error.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);

test("S20 a child inherits only the short list, and none of the parent's credentials", () => {
  const parent = {
    PATH: "/bin",
    HOME: "/home/ada",
    LC_ALL: "C.UTF-8",
    XDG_CONFIG_HOME: "/home/ada/.config",
    GITHUB_TOKEN: "ghp_x",
    AWS_SECRET_ACCESS_KEY: "x",
    ANTHROPIC_API_KEY: "x",
    VSCODE_IPC_HOOK_CLI: "/run/x",
    NODE_OPTIONS: "--require ./evil.js",
    LD_PRELOAD: "./evil.so",
    BASH_ENV: "./evil.sh",
    "BASH_FUNC_ls%%": "() { evil; }",
    OV_ASKPASS: "x",
    OV_RUN: "x",
    EMPTY: undefined,
  };
  assert.deepEqual(childEnvironment(parent, [{ name: "API_KEY", value: bytes("v") }]), {
    PATH: "/bin",
    HOME: "/home/ada",
    LC_ALL: "C.UTF-8",
    XDG_CONFIG_HOME: "/home/ada/.config",
    API_KEY: "v",
  });
});

test("a value arrives byte for byte, with newlines, quotes, other scripts and a byte-order mark", () => {
  for (const value of ["a\nb\r\n\tc", `"'$x\`\\`, "päss wörd 🔑", "\ufeffbom", " "]) {
    assert.equal(childEnvironment({}, [{ name: "V", value: bytes(value) }]).V, value);
  }
});

test("S29 a value that no environment can carry is refused by name, and the message holds nothing of it", () => {
  const unfit = [Buffer.from("sk_live_1\0sk_live_2"), Buffer.from([0x73, 0x6b, 0xff, 0xfe]), Buffer.from([0xc3])];
  for (const value of unfit) {
    assert.throws(
      () => childEnvironment({}, [{ name: "BINARY", value }]),
      (error) =>
        isVaultError(error, "value-invalid") && error.message.includes("BINARY") && !error.message.includes("sk"),
    );
  }
});

test("a secret replaces an inherited variable, on Windows in any case of letters", () => {
  const secrets = [{ name: "HTTPS_PROXY", value: bytes("new") }];
  assert.deepEqual(childEnvironment({ HTTPS_PROXY: "old" }, secrets, "linux"), { HTTPS_PROXY: "new" });
  assert.deepEqual(childEnvironment({ Https_Proxy: "old", Path: "C:\\" }, secrets, "win32"), {
    HTTPS_PROXY: "new",
    Path: "C:\\",
  });
});

test("S20 a password inside an inherited proxy address is redacted like a secret", () => {
  const found = inheritedCredentials({
    https_proxy: "http://ada:p%40ssword-of-proxy@proxy.test:3128",
    HTTP_PROXY: "http://proxy.test:3128",
    NO_PROXY: "localhost",
    GITHUB_TOKEN: "http://a:b@c",
  });
  assert.deepEqual(
    found.map(({ name, value }) => [name, Buffer.from(value).toString()]),
    [
      ["HTTPS_PROXY", "p%40ssword-of-proxy"],
      ["HTTPS_PROXY", "p@ssword-of-proxy"],
    ],
  );
});

test("another PATH or proxy is another surrounding, and another terminal is not", () => {
  const here = { PATH: "/usr/bin", HOME: "/home/me", TERM: "xterm", SECRET_OF_PARENT: "x" };
  const hash = surroundingsOf(here);
  assert.match(hash, /^[0-9a-f]{64}$/);
  assert.equal(surroundingsOf({ ...here, TERM: "dumb", LC_ALL: "C", SECRET_OF_PARENT: "y" }), hash);
  for (const change of [{ PATH: "/tmp/evil:/usr/bin" }, { HOME: "/tmp" }, { HTTPS_PROXY: "http://127.0.0.1:1" }]) {
    assert.notEqual(surroundingsOf({ ...here, ...change }), hash);
  }
});
