// Tells where the frames of a bug report's stack traces are in the source: `node scripts/stack.mjs < ov.log`, after a
// build of the version that they are from. The chunks' names hold a hash, so frames of another version stay as they are.
import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { join, relative, resolve } from "node:path";
import { text } from "node:stream/consumers";

const ROOT = join(import.meta.dirname, "..");
process.stdout.write((await text(process.stdin)).replaceAll(FRAME(), inSource));

/** What follows dist/ in a path or an address, with its line and column, which count from 1. */
function FRAME() {
  return /[^\s()]*\bdist[\\/]((?:chunks[\\/])?[\w-]+\.js):(\d+):(\d+)/g;
}

function inSource(written, file, line, column) {
  const map = join(ROOT, "dist", `${file.replaceAll("\\", "/")}.map`);
  if (!existsSync(map)) return written;
  const found = new SourceMap(JSON.parse(readFileSync(map, "utf8"))).findOrigin(Number(line), Number(column));
  if (found.fileName === undefined) return written;
  const source = relative(ROOT, resolve(map, "..", found.fileName)).replaceAll("\\", "/");
  return `${source}:${found.lineNumber}:${found.columnNumber}`;
}
