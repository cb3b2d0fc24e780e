import assert from "node:assert/strict";
import { test } from "node:test";
import { parse as parseToml } from "smol-toml";
import { setInToml } from "#mcp/client-setup/edit-toml.ts";

const PATH = ["mcp_servers", "opaquevault"] as const;
const ENTRY = { command: "ov", args: ["mcp", "serve"] };
/** Plain objects: the library makes them without a prototype. */
const parse = (text: string) => JSON.parse(JSON.stringify(parseToml(text)));
const set = (text: string): string => setInToml(text, PATH, ENTRY, "config.toml");

test("a table is added at the end, and every other line stays", () => {
  const before = '# mine\nmodel = "x" # why\n\n[mcp_servers.other]\ncommand = "a"\n';
  const after = set(before);
  assert.ok(after.startsWith(before));
  assert.deepEqual(parse(after).mcp_servers, { other: { command: "a" }, opaquevault: ENTRY });
});

test("an old table is replaced with the tables below it, and a second time changes nothing", () => {
  const before =
    '[mcp_servers.opaquevault]\ncommand = "old"\n[mcp_servers.opaquevault.env]\nA = "1"\n\n# keep\n[profiles.x]\nmodel = "y"\n';
  const after = set(before);
  assert.deepEqual(parse(after), { profiles: { x: { model: "y" } }, mcp_servers: { opaquevault: ENTRY } });
  assert.equal(set(after), after);
});

test("a quoted table name is the same table", () => {
  const after = set('[mcp_servers."opaquevault"]\ncommand = "old"\n');
  assert.deepEqual(parse(after), { mcp_servers: { opaquevault: ENTRY } });
});

test("a table of a longer name is another one", () => {
  const after = set('[mcp_servers.opaquevault2]\ncommand = "b"\n');
  assert.deepEqual(parse(after).mcp_servers, { opaquevault2: { command: "b" }, opaquevault: ENTRY });
});

test("line ends stay those of Windows", () => {
  assert.ok(!/[^\r]\n/.test(set('model = "x"\r\n')));
});

for (const [what, text] of Object.entries({
  "an inline table": 'mcp_servers = { other = { command = "a" } }\n',
  "dotted keys": 'mcp_servers.opaquevault.command = "old"\n',
  "a header inside a text": 'a = """\n[mcp_servers.opaquevault]\n"""\n[mcp_servers.b]\ncommand = "b"\n',
})) {
  test(`${what} can't be edited line by line, so the file is refused`, () => {
    assert.throws(() => set(text), { code: "client-config-invalid" });
  });
}

test("a broken file is refused with its line", () => {
  assert.throws(() => set("a = 1\nb = = 2\n"), { code: "client-config-invalid", message: /line 2/ });
});
