import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compileMatcher } from "#core/redact/matcher.ts";
import { TerminalView } from "#core/run/terminal-view.ts";
import { API_KEY } from "./leased.ts";

const PHRASE = "correct horse battery staple and nothing else";
const matcher = compileMatcher([
  { name: "API_KEY", value: Buffer.from(API_KEY) },
  { name: "PHRASE", value: Buffer.from(PHRASE) },
]);

function newView(): { readonly view: TerminalView; shown(): string } {
  let shown = "";
  const view = new TerminalView(matcher, (bytes) => {
    shown += Buffer.from(bytes).toString("latin1");
  });
  return { view, shown: () => shown };
}

function show(chunks: readonly string[]): string {
  const { view, shown } = newView();
  for (const chunk of chunks) view.receive(Buffer.from(chunk, "latin1"));
  view.end();
  return shown();
}

test("questions, prompts, echo and an editor's screen are shown at once, without a newline", () => {
  const { view, shown } = newView();
  let expected = "";
  const screens = [
    "Project name",
    " (my-app) ",
    "\u001b[2J\u001b[1;1Hline 1\u001b[24;80H",
    "l",
    "s",
    "\b\u001b[K",
    "50%",
    "\r\u001b[2K|",
  ];
  for (const screen of screens) {
    view.receive(Buffer.from(screen));
    expected += screen;
    assert.equal(shown(), expected);
  }
});

test("what a person types is shown letter by letter, but not what they paste", () => {
  const { view, shown } = newView();
  for (const key of "git push v2.7.12") {
    view.typed(Buffer.from(key));
    view.receive(Buffer.from(key));
  }
  assert.equal(shown(), "git push v2.7.12");
  view.typed(Buffer.from("\r"));
  view.receive(Buffer.from("\r\n$ "));
  view.typed(Buffer.from(API_KEY));
  view.receive(Buffer.from(API_KEY.slice(0, 20)));
  view.receive(Buffer.from(API_KEY.slice(20)));
  view.receive(Buffer.from("\r\n"));
  assert.equal(shown(), "git push v2.7.12\r\n$ [redacted:API_KEY]\r\n");
});

test("S21 a value in one chunk is redacted on a terminal", () => {
  assert.equal(show([`key=${API_KEY}\r\n`]), "key=[redacted:API_KEY]\r\n");
  assert.equal(show([`\u001b[31m${API_KEY}`]), "\u001b[31m[redacted:API_KEY]");
  assert.equal(show([`${API_KEY}\r\n${API_KEY}`, `\r\n${API_KEY}\r\n`]).includes("sk_test"), false);
});

test("S21 a value that comes to a terminal byte by byte shows no more than its first letters", () => {
  assert.equal(show([...`key ${API_KEY} end\r\n`]), "key sk_test_[redacted:API_KEY] end\r\n");
  const phrase = show([..."so: ", ...PHRASE, ..." end\r\n"]);
  assert.match(phrase, /^so: correct hors?e?\[redacted:PHRASE\]/);
  assert.doesNotMatch(phrase, /battery|taple|nothing/);
});

test("S21 at any chunking no 12 letters and digits of a value in a row reach a terminal", () => {
  const piece = fc.constantFrom(
    API_KEY,
    PHRASE,
    "\r\n",
    " ",
    "ok",
    "\u001b[1m",
    [...API_KEY].join(" "),
    API_KEY.toUpperCase(),
  );
  const letters = (text: string): string =>
    text
      .replace(/\u001b\[1m|\[redacted:\w+\]/g, "|")
      .replace(/[^A-Za-z0-9|]/g, "")
      .toLowerCase();
  const forbidden = [API_KEY, PHRASE].flatMap((value) => {
    const all = letters(value);
    return Array.from({ length: all.length - 11 }, (_, at) => all.slice(at, at + 12));
  });
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      (pieces, sizes) => {
        const all = pieces.join("");
        const chunks: string[] = [];
        for (let from = 0, turn = 0; from < all.length; turn++) {
          const size = sizes[turn % sizes.length]!;
          chunks.push(all.slice(from, from + size));
          from += size;
        }
        const shown = letters(show(chunks));
        for (const window of forbidden) assert.ok(!shown.includes(window), `${window} in ${shown}`);
      },
    ),
    { numRuns: 500 },
  );
});
