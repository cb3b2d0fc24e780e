import assert from "node:assert/strict";
import { test } from "node:test";
import { API_KEY } from "../../core/run/leased.ts";
import { livingWith } from "../../core/run/living.ts";
import { commandWork, watchedTerminal } from "./watched-terminal.ts";

const SIZE = { columns: 91, rows: 31 };

test("S172 what a command prints is redacted before a terminal of the editor has it", async () => {
  const { session, shown, titles, see } = watchedTerminal(
    commandWork("sh", "-c", 'echo "$API_KEY"; env | grep ^API_KEY; printf "\\033]0;at %s\\007" "$API_KEY"; echo done'),
  );
  session.open(SIZE);
  await see("ended: 0");
  assert.match(shown(), /^\[redacted:API_KEY\]\r\nAPI_KEY=\[redacted:API_KEY\]\r\n/);
  assert.equal(titles.at(-1), "at [redacted:API_KEY]");
  for (let at = 0; at + 12 <= API_KEY.length; at++) assert.ok(!shown().includes(API_KEY.slice(at, at + 12)));
});

test("a value that a person typed into a command is redacted where the command is shown", async () => {
  const { session, titles, see } = watchedTerminal(commandWork("echo", API_KEY));
  session.open(SIZE);
  await see("ended: 0");
  assert.deepEqual(titles, ["echo [redacted:API_KEY]"]);
});

test("a command has a terminal of the size that is shown, its end is told, and a key closes the terminal", async () => {
  const { session, shown, see, closedWith } = watchedTerminal(
    commandWork("sh", "-c", "test -t 0 && test -t 1 && test -t 2 && stty size; tput colors; exit 7"),
  );
  session.open(SIZE);
  await see("ended: 7");
  assert.match(shown(), /^31 91\r\n256\r\n/);
  assert.equal(closedWith(), undefined);
  session.type("x");
  assert.equal(closedWith(), 0);
});

test("where VS Code waits for the key itself, the exit code goes to it", async () => {
  const { session, shown, closedWith } = watchedTerminal(commandWork("sh", "-c", "exit 7"), { holds: false });
  session.open(undefined);
  await session.finished;
  assert.equal(closedWith(), 7);
  assert.equal(shown(), "");
});

test("keys, pastes and Ctrl-C reach the command, and a resize too", async () => {
  const { session, see } = watchedTerminal(
    commandWork("sh", "-c", "trap 'stty size' WINCH; echo ready; read x; echo got $x; while :; do sleep 0.05; done"),
  );
  session.open(SIZE);
  await see("ready\r\n");
  session.type("grüße\r");
  await see("got grüße\r\n");
  session.resize({ columns: 50, rows: 20 });
  await see("20 50\r\n");
  session.type("\u0003");
  await see("ended: 130");
});

test("colours, links, and what turns on bracketed paste and the mouse, pass as they are", async () => {
  const sequences =
    "\u001b[1;38;5;208mred\u001b[0m \u001b]8;;https://example.com\u0007link\u001b]8;;\u0007 \u001b[?2004h\u001b[?1006h";
  const { session, shown, see } = watchedTerminal(commandWork("printf", "%s", sequences));
  session.open(SIZE);
  await see("ended: 0");
  assert.ok(shown().startsWith(sequences), JSON.stringify(shown()));
});

test("closing the terminal ends every process of the command", async () => {
  const { session, shown, see } = watchedTerminal(
    commandWork("sh", "-c", "echo $OV_RUN; trap '' HUP; setsid sleep 60 & sleep 61"),
  );
  session.open(SIZE);
  await see(/^[0-9a-f]{24}\S*\r\n/);
  const marker = /^[0-9a-f]{24}/.exec(shown())![0];
  session.close();
  await session.finished;
  assert.deepEqual(livingWith(marker), []);
  assert.doesNotMatch(shown(), /ended/);
});

test("Ctrl-C before a program takes keys withdraws the request, and what is typed then goes to nobody", async () => {
  const seen: unknown[] = [];
  const { session, see } = watchedTerminal(
    ({ stdin }, signal) =>
      new Promise((_, reject) => {
        stdin.on("data", (keys) => seen.push(keys));
        signal.addEventListener("abort", () => reject(new Error("withdrawn")));
      }),
  );
  session.open(SIZE);
  session.type("rm -rf /\r");
  session.type("\u0003");
  await see("problem: Error: withdrawn");
  await see("ended: 1");
  assert.deepEqual(seen, []);
});

test("a flood is slowed down, and all of it arrives before the end is told", async () => {
  const { session, shown, see } = watchedTerminal(commandWork("sh", "-c", "seq 50000; echo last"));
  session.open(SIZE);
  await see("ended: 0");
  assert.ok(shown().includes("49999\r\n50000\r\nlast\r\n\u001b[0m\r\n\u001b[2mended: 0"), shown().slice(-100));
});
