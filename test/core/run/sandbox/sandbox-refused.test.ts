import assert from "node:assert/strict";
import { chmodSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { findProgram } from "#core/run/find-program.ts";
import { openSandbox } from "#core/run/sandbox/open-sandbox.ts";
import { isVaultError } from "#core/vault-error.ts";
import { folderFor } from "./in-sandbox.ts";

const linux = process.platform === "linux";

/** A PATH on which only these programs are found, beside those given as scripts. */
function pathOf(folder: string, programs: readonly string[], scripts: Readonly<Record<string, string>> = {}): string {
  for (const name of programs) symlinkSync(findProgram(name, process.env.PATH, "/")!, join(folder, name));
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

test("S125 without bubblewrap or socat a run is refused with what to install, and nothing runs", async (t) => {
  if (!linux) return assert.equal(typeof findProgram("sh", process.env.PATH, "/"), "string");
  const scripts = { bwrap: "exit 0", socat: "exit 0" };
  for (const missing of ["bwrap", "socat"] as const) {
    const cwd = folderFor(t);
    const { [missing]: _, ...present } = scripts;
    const path = pathOf(folderFor(t), ["sh", "touch", "true", "which"], present);
    await assert.rejects(openSandbox({ command: "touch ran", cwd, path, hosts: [] }), (error) => {
      assert.ok(isVaultError(error, "denied-by-policy"));
      const name = missing === "bwrap" ? "bubblewrap" : "socat";
      assert.ok(
        error.message.includes(`can't be sandboxed here: ${name} is not installed. Install bubblewrap and socat with`),
      );
      return true;
    });
    assert.deepEqual(readdirSync(cwd), []);
  }
});

test("S125 where bubblewrap is installed and forbidden, the run is refused with its reason, and nothing runs", async (t) => {
  if (!linux) return assert.equal(typeof findProgram("sh", process.env.PATH, "/"), "string");
  const cwd = folderFor(t);
  const bwrap = 'echo "bwrap: No permissions to create a new namespace" >&2; exit 1';
  const socat = `for a; do case $a in UNIX-LISTEN:*) : > "$(echo "$a" | cut -d: -f2 | cut -d, -f1)";; esac; done; sleep 60`;
  const path = pathOf(folderFor(t), ["sh", "touch", "true", "sleep", "grep", "cat", "cut", "which"], { bwrap, socat });
  const refused = openSandbox({ command: "touch ran", cwd, path, hosts: ["api.example.com"] });
  await assert.rejects(refused, (error) => {
    assert.ok(isVaultError(error, "denied-by-policy"));
    assert.match(error.message, /can't be sandboxed here: bwrap: No permissions to create a new namespace\. /);
    assert.match(error.message, /choose another policy\.$/);
    return true;
  });
  assert.deepEqual(readdirSync(cwd), []);
});

test("S125 a bwrap in a relative folder of the PATH, where a project could put one, is not taken", async (t) => {
  if (!linux) return assert.equal(typeof findProgram("sh", process.env.PATH, "/"), "string");
  const cwd = folderFor(t);
  pathOf(cwd, [], { bwrap: "touch ran", socat: "sleep 60" });
  await assert.rejects(
    openSandbox({ command: "true", cwd, path: ".", hosts: [] }),
    (error) => isVaultError(error, "denied-by-policy") && error.message.includes("bubblewrap is not installed"),
  );
  assert.deepEqual(readdirSync(cwd).sort(), ["bwrap", "socat"]);
});

test("S122 what is no host is refused, above all the one that would mean every host", async (t) => {
  const path = pathOf(folderFor(t), ["sh", "which"], { bwrap: "exit 1", socat: "exit 1" });
  for (const host of ["*", "*.com", "https://api.example.com", ""]) {
    await assert.rejects(
      openSandbox({ command: "true", cwd: folderFor(t), path, hosts: ["api.example.com", host] }),
      (error) => isVaultError(error, "argument-invalid") || (!linux && isVaultError(error, "denied-by-policy")),
    );
  }
});

test("a program that is missing is refused before there is a sandbox", async (t) => {
  const scripts = { bwrap: "exit 1", socat: "exit 1" };
  const path = pathOf(folderFor(t), ["sh", "which"], scripts);
  const cwd = folderFor(t);
  await assert.rejects(
    openSandbox({ command: ["no-such-program-anywhere"], cwd, path, hosts: [] }),
    (error) => isVaultError(error, "command-not-found") || (!linux && isVaultError(error, "denied-by-policy")),
  );
});
