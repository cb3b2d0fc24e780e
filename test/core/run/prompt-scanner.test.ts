import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PromptScanner, promptMark } from "#core/run/prompt-scanner.ts";

const NONCE = "00112233445566778899aabbccddeeff";

/** The tokens of a stream, with neighbouring bytes joined. */
function scan(chunks: readonly Uint8Array[]): string[] {
  const scanner = new PromptScanner(NONCE);
  const found: string[] = [];
  const add = (bytes: Uint8Array): void => {
    const text = Buffer.from(bytes).toString("latin1");
    if (found.at(-1)?.startsWith("bytes:")) found[found.length - 1] += text;
    else if (text !== "") found.push(`bytes:${text}`);
  };
  for (const chunk of chunks) {
    for (const token of scanner.push(chunk)) {
      if (token.kind === "bytes") add(token.bytes);
      else found.push(`${token.mark}${token.exitCode ?? ""}`);
    }
  }
  add(scanner.end());
  return found;
}

test("marks are taken out of the output, with the exit code", () => {
  const stream = `out\r\n${promptMark(NONCE, "P", "130")}$ ${promptMark(NONCE, "Q", "")}ls`;
  assert.deepEqual(scan([Buffer.from(stream)]), ["bytes:out\r\n", "P130", "bytes:$ ", "Q", "bytes:ls"]);
});

test("what only resembles a mark stays output", () => {
  const others = [
    promptMark("ff".repeat(16), "P", "0"),
    promptMark(NONCE, "P", "0").slice(0, -1),
    promptMark(NONCE, "P", "0").replace(";P", ";X"),
    promptMark(NONCE, "P", "12345"),
    "\u001b]0;title\u0007",
    "\u001b[31m\u001b",
    NONCE,
  ];
  for (const other of others) assert.deepEqual(scan([Buffer.from(other)]), [`bytes:${other}`]);
});

test("marks are found at any chunking", () => {
  const part = fc.constantFrom(
    promptMark(NONCE, "P", "0"),
    promptMark(NONCE, "Q", ""),
    promptMark(NONCE, "C", ""),
    promptMark("ff".repeat(16), "P", "0"),
    promptMark(NONCE, "P", "0").slice(0, 20),
    ..."\u001b]\n6x",
  );
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (parts, sizes) => {
        const all = Buffer.from(parts.join(""));
        const chunks: Uint8Array[] = [];
        for (let from = 0, turn = 0; from < all.length; turn++) {
          const size = sizes[turn % sizes.length]!;
          chunks.push(all.subarray(from, from + size));
          from += size;
        }
        assert.deepEqual(scan(chunks), scan([all]));
      },
    ),
    { numRuns: 2_000 },
  );
});
