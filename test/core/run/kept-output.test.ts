import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { KeptOutput } from "#core/run/kept-output.ts";

const NOTE = /\n\[… [\d,]+ bytes left out …\]\n/;

function keep(limit: number, chunks: readonly Uint8Array[]): { text: string; truncated: boolean } {
  const kept = new KeptOutput(limit);
  for (const chunk of chunks) kept.push(chunk);
  const { bytes, truncated } = kept.result();
  return { text: bytes.toString(), truncated };
}

test("output up to the limit is kept as it is", () => {
  assert.deepEqual(keep(10, [Buffer.from("12345"), Buffer.from("67890")]), { text: "1234567890", truncated: false });
  assert.deepEqual(keep(10, []), { text: "", truncated: false });
});

test("of more output the beginning and the end are kept, and the gap is told", () => {
  assert.deepEqual(keep(10, [Buffer.from("abcdefghijkl")]), {
    text: "abcde\n[… 2 bytes left out …]\nhijkl",
    truncated: true,
  });
  const many = keep(
    100,
    Array.from({ length: 10_000 }, (_, index) => Buffer.from(`${index}\n`)),
  );
  assert.match(many.text, /^0\n1\n2\n[\s\S]*9998\n9999\n$/);
  assert.ok(Buffer.byteLength(many.text) < 200);
});

test("S23 a cut falls never inside a placeholder or a character, wherever it comes", () => {
  const part = fc.constantFrom("[redacted:API_KEY]", `[redacted:${"N".repeat(128)}]`, "x", "ä", "日", "🔑", "[", "\n");
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 60 }),
      fc.integer({ min: 0, max: 900 }),
      fc.integer({ min: 1, max: 50 }),
      (parts, limit, size) => {
        const all = Buffer.from(parts.join(""));
        const chunks: Uint8Array[] = [];
        for (let from = 0; from < all.length; from += size) chunks.push(all.subarray(from, from + size));
        const { text, truncated } = keep(limit, chunks);
        assert.equal(truncated, all.length > limit);
        if (!truncated) return assert.equal(text, all.toString());
        assert.ok(!text.includes("\ufffd"), "no half character");
        const [head, tail, ...more] = text.split(NOTE);
        assert.ok(head !== undefined && tail !== undefined && more.length === 0);
        assert.ok(all.toString().startsWith(head) && all.toString().endsWith(tail));
        for (const piece of [head, tail]) {
          assert.doesNotMatch(piece.replace(/\[redacted:\w+\]/g, ""), /\[r|\]|redacted|NN/);
        }
      },
    ),
    { numRuns: 3_000 },
  );
});
