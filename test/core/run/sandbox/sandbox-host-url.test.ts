import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { asShellLine, sandboxConfig } from "#core/run/sandbox/sandbox-config.ts";
import { sandboxHostUrl } from "#core/run/sandbox/sandbox-process.ts";
import { folderFor } from "./in-sandbox.ts";

test("the sandbox's own program is found beside its source, beside the bundle, and above a shared chunk", (t) => {
  const folder = folderFor(t);
  mkdirSync(join(folder, "chunks"));
  writeFileSync(join(folder, "sandbox-host.js"), "");
  const program = pathToFileURL(join(folder, "sandbox-host.js")).href;
  assert.equal(sandboxHostUrl("file:///src/sandbox-process.ts").href, "file:///src/sandbox-host.ts");
  assert.equal(sandboxHostUrl(pathToFileURL(join(folder, "ov.js")).href).href, program);
  assert.equal(sandboxHostUrl(pathToFileURL(join(folder, "chunks/x.js")).href).href, program);
});

test("S122 the library is told the hosts, never asks anybody about another, and takes no proxy of its own", () => {
  const request = { command: "true", cwd: "/", folder: "/f", hosts: ["a.example"], isFirst: false };
  const { network } = sandboxConfig(request);
  assert.deepEqual(network, {
    allowedDomains: ["a.example"],
    deniedDomains: [],
    strictAllowlist: true,
    parentProxy: {},
  });
  const proxied = sandboxConfig({ ...request, proxy: "http://x:1" }).network.parentProxy;
  assert.deepEqual(proxied, { http: "http://x:1", https: "http://x:1", noProxy: "" });
});

test("an array of words becomes one shell line that gives exactly these words", () => {
  assert.equal(asShellLine(["a b", "it's", "$x"]), "exec 'a b' 'it'\\''s' '$x'");
  assert.equal(asShellLine("-x || true"), " -x || true");
  assert.equal(asShellLine("a && b"), "a && b");
});
