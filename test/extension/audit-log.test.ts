import assert from "node:assert/strict";
import "./fakes/vscode-hook.ts";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import type { AuditLine } from "#core/run/audit/audit-line.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { DEV, KEY, put } from "../core/vault/fixture.ts";
import { plan, type Reply, shown, unused } from "./fakes/person.ts";
import { windowWithVault } from "./fakes/window-with-vault.ts";

const { registerCommands } = await import("#vscode/commands.ts");
const { EnvironmentNode, SecretNode } = await import("#vscode/tree/nodes.ts");
const { findEntries, valuesOf } = await import("#vscode/commands/audit/log-filter.ts");
const { MOST_ROWS } = await import("#vscode/commands/audit/ask-entry.ts");
const vscode = await import("vscode");

let access: VaultAccess;
beforeEach(async () => {
  const opened = await windowWithVault();
  access = opened.access;
  await put(opened.session, KEY, "value one");
  const request = { action: "run", client: "codex 0.9", context: DEV, command: "true", cwd: "/" } as const;
  const lease = await access.lease({ ...request, names: [KEY] }, async () => "once");
  await access.settle(lease.id, { exitCode: 3, outcome: "ended", redactions: 0 });
  registerCommands(opened.window);
});
afterEach(() => assert.deepEqual(unused(), [], "the person had more to say"));

async function run(argument: unknown, ...replies: readonly Reply[]): Promise<void> {
  plan(replies);
  assert.equal(await vscode.commands.executeCommand("opaquevault.showAuditLog", argument), undefined);
}

/** The rows of the last list, without what can be done with it. */
function entries(): readonly string[] {
  const [, , , , , , ...rows] = shown.at(-1)!;
  return rows.slice(0, -1);
}

test("the list has what every entry says, the newest first, and begins with all of them", async () => {
  await run(undefined, "escape");
  assert.match(shown.at(-1)![0]!, /^OpaqueVault: Audit Log \(\d+ entries, verified\)$/);
  const rows = entries();
  assert.match(rows[0]!, /^command ended \S+ shop\/dev · codex 0\.9 .* · device [0-9a-f]{8} · ended, exit code 3/);
  assert.match(rows[1]!, /^given to a command /);
  assert.match(rows.at(-1)!, /^vault created you /);
});

test("S370 from the menu of a secret or an environment it begins with what is of that, and nothing else narrows it", async () => {
  const [info] = await access.list(DEV);
  await run(new SecretNode(DEV, info!), "escape");
  assert.match(shown.at(-1)![0]!, /\(3 of \d+ entries, verified\)/);
  assert.ok(entries().every((row) => row.includes(info!.name)));
  await run(new EnvironmentNode(DEV), "escape");
  assert.ok(entries().length > 3 && entries().every((row) => row.includes("shop/dev")));
  for (const lookalike of [{ context: DEV }, { name: KEY, context: "shop/dev" }, "shop/dev", ["shop/dev"]]) {
    await run(lookalike, "escape");
    assert.ok(entries().some((row) => row.startsWith("vault created")));
  }
});

test("it is narrowed by what is in it, each filter within the others, and widened again", async () => {
  const client: readonly Reply[] = [{ pick: "Filter …" }, { pick: "Client" }, { pick: "codex 0.9" }];
  await run(undefined, ...client, "escape");
  assert.equal(entries().length, 2);
  await run(undefined, ...client, { pick: "Filter …" }, { pick: "Action" }, "escape", "escape");
  const actions = shown.at(-2)!.slice(2, -1);
  assert.deepEqual(actions.map((row) => row.replace(/ \d+ entries$/, "")).sort(), [
    "All",
    "command ended",
    "given to a command",
  ]);
  await run(undefined, ...client, { pick: "Filter …" }, { pick: "No Filter" }, "escape");
  assert.match(shown.at(-1)![0]!, /\(\d+ entries, verified\)/);
  await run(
    undefined,
    { pick: "Filter …" },
    { pick: "Time" },
    { pick: "Another Time …" },
    { type: "soon" },
    "escape",
    "escape",
  );
  assert.ok(shown.flat().includes("That is no date and no time ago."));
  await run(
    undefined,
    { pick: "Filter …" },
    { pick: "Time" },
    { pick: "Another Time …" },
    { type: "2199-01-01" },
    "escape",
  );
  assert.deepEqual(entries(), []);
});

test("an entry tells all that is known of it, and a line of it narrows the list", async () => {
  await run(undefined, { pick: `given to a command ${KEY}` }, { pick: KEY }, "escape");
  const [, , ...rows] = shown.at(-2)!;
  for (const what of [/^given to a command what was done/, /^shop\/dev environment/, /^codex 0\.9 client or agent/])
    assert.ok(
      rows.some((row) => what.test(row)),
      `${what} in ${rows.join("\n")}`,
    );
  assert.ok(rows.some((row) => /^[0-9a-f]{64} SHA-256 of the command/.test(row)));
  assert.ok(entries().every((row) => row.includes(KEY)));
});

test("what is unusual is marked in words, and can be had alone", async () => {
  await run(undefined, { pick: "Only Show What Is Unusual" }, { pick: "Also Show What Is Usual" }, "escape");
  const unusual = shown.at(-2)!.filter((row) => row.includes("unusual: "));
  const count = shown.at(-2)!.find((row) => row.startsWith("Also Show What Is Usual"));
  assert.equal(count, `Also Show What Is Usual ${unusual.length}`);
});

test("S371 what the list has found is exported for this user alone, and a name that an agent chose is no formula", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ov-audit-"));
  try {
    for (const file of ["log.csv", "log.json"]) {
      const path = join(folder, file);
      await run(new EnvironmentNode(DEV), { pick: "Export …" }, { save: path });
      if (process.platform !== "win32") assert.equal(statSync(path).mode & 0o777, 0o600);
      const text = readFileSync(path, "utf8");
      assert.ok(!text.includes("value one"));
      if (file.endsWith("json")) {
        const all = JSON.parse(text).entries as { readonly context: string; readonly time: string }[];
        assert.ok(all.length > 3 && all.every(({ context }) => context === "shop/dev"));
        assert.deepEqual(
          all,
          all.toSorted((one, other) => one.time.localeCompare(other.time)),
        );
      } else assert.match(text, /^source,time,.*\r\nvault,/);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a lock of the vault closes the list", async () => {
  plan([], undefined, (texts) => {
    if (texts[0]?.includes("verified")) void access.lock();
  });
  await vscode.commands.executeCommand("opaquevault.showAuditLog");
  assert.equal(shown.length, 1);
});

test("100,000 entries are searched whole, and drawn in part", () => {
  const lines = Array.from({ length: 100_000 }, (_, seq): AuditLine => {
    const who = { device: "d".repeat(32), actor: seq === 7 ? "rare-client 1.0" : "claude-code 2.1" };
    return {
      source: "vault",
      time: seq,
      seq,
      ...who,
      action: "run",
      context: "shop/dev",
      names: ["KEY"],
      outcome: "ok",
    };
  });
  assert.deepEqual(
    findEntries(lines, {}, "RARE given").map(({ seq }) => seq),
    [7],
  );
  assert.deepEqual(valuesOf(lines, {}, "client"), [
    ["claude-code 2.1", 99_999],
    ["rare-client 1.0", 1],
  ]);
  assert.equal(findEntries(lines, { since: 99_000 }, "").length, MOST_ROWS);
});
