import assert from "node:assert/strict";
import { test } from "node:test";
import { formatTime } from "#cli/print.ts";
import { decisionsFor, requestLines } from "#cli/show-request.ts";
import { onOneLine } from "#core/run/visible-text.ts";
import { asContextName, asSecretName } from "#core/vault/context.ts";

const REQUEST = {
  action: "run",
  client: "agent",
  context: { app: asContextName("shop")!, environment: asContextName("dev")! },
  names: [asSecretName("KEY")!],
  command: "npm test",
  cwd: "/work",
} as const;

test("text from elsewhere can't act on a terminal", () => {
  assert.equal(onOneLine("a\x1b[2Jb\u202Ec\nd"), "a\uFFFD[2Jb\uFFFDc d");
});

test("times are told in UTC, to the second", () => {
  assert.equal(formatTime(0), "1970-01-01 00:00:00Z");
});

test("a person sees the command, folder, names, client and reason, with hidden characters spelled out", () => {
  const lines = requestLines({ ...REQUEST, reason: "please\u202E", command: "rm\u200B -rf", client: "a\nb" }).join(
    "\n",
  );
  for (const text of [
    "shop/dev",
    "rm\\u{200b} -rf",
    "/work",
    "KEY",
    "a\\u{a}b",
    "please\\u{202e}",
    "agent's own words",
  ]) {
    assert.ok(lines.includes(text), text);
  }
});

test("a person at a terminal is told which secrets the command gets only as a placeholder", () => {
  const [name] = REQUEST.names;
  const lines = requestLines({ ...REQUEST, placeholders: [{ name: name!, allowedHosts: ["api.example.com"] }] });
  assert.ok(
    lines.some((line) => line.includes("KEY only as a placeholder: its value goes to api.example.com")),
    lines.join("\n"),
  );
  assert.ok(!requestLines(REQUEST).join("\n").includes("placeholder"));
});

test("what was spelled out before is not spelled out twice", () => {
  const told = "as \\u{200b} told";
  const everyTime = { warnings: [told] };
  const lines = requestLines({ ...REQUEST, command: told, cwd: told, client: told, reason: told, everyTime });
  assert.equal(lines.filter((line) => line.includes(told)).length, 5, lines.join("\n"));
});

test("production, writing and deleting are approved once at a time; denying comes first", () => {
  const production = { ...REQUEST, context: { ...REQUEST.context, environment: asContextName("production")! } };
  for (const request of [
    production,
    { ...REQUEST, action: "delete" } as const,
    { ...REQUEST, action: "write" } as const,
  ]) {
    assert.deepEqual(
      decisionsFor(request).map(({ value }) => value),
      ["deny", "once"],
    );
  }
  assert.deepEqual(
    decisionsFor(REQUEST).map(({ value }) => value),
    ["deny", "once", "command", { minutes: 15 }, { minutes: 60 }],
  );
});
