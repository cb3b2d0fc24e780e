import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "jsonc-parser";
import { parseJson, setInJson } from "#mcp/client-setup/edit-json.ts";

const PATH = ["mcpServers", "opaquevault"];
const ENTRY = { command: "ov", args: ["mcp", "serve"] };

test("comments, order and layout of the rest stay", () => {
  const before =
    '{\n    // mine\n    "a": 1, /* why */\n    "mcpServers": {\n        "x": { "command": "y" }\n    }\n}\n';
  const after = setInJson(before, PATH, ENTRY);
  assert.ok(after.startsWith('{\n    // mine\n    "a": 1, /* why */\n'));
  assert.deepEqual(parse(after).mcpServers, { x: { command: "y" }, opaquevault: ENTRY });
  assert.match(after, /\n {8}"opaquevault": \{/);
});

test("an empty file becomes one with the entry alone", () => {
  assert.deepEqual(JSON.parse(setInJson("", PATH, ENTRY)), { mcpServers: { opaquevault: ENTRY } });
});

test("tabs and line ends of Windows stay", () => {
  const after = setInJson('{\r\n\t"a": 1\r\n}\r\n', PATH, ENTRY);
  assert.ok(!/[^\r]\n/.test(after));
  assert.match(after, /\n\t"mcpServers"/);
});

test("a second time changes nothing", () => {
  const once = setInJson('{"a":1}', PATH, ENTRY);
  assert.equal(setInJson(once, PATH, ENTRY), once);
});

test("a broken file is refused with its line, and without its text", () => {
  assert.throws(
    () => parseJson('{\n  "token": "hunter2hunter2",\n  oops\n}', "f.json"),
    (error: Error) => {
      assert.match(error.message, /line 3/);
      assert.doesNotMatch(error.message, /hunter2|oops/);
      return true;
    },
  );
});
