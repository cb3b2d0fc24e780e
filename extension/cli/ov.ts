#!/usr/bin/env node
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findPaths, type Paths } from "#mcp/device/paths.ts";
import { cliOfThisProcess } from "./cli.ts";
import { keepCompiledCode } from "./compile-cache.ts";
import { buildProgram } from "./program.ts";
import { reportError } from "./report-error.ts";

const paths = requirePaths();
keepCompiledCode(paths.cache);
// What reads our output may go away before the end, as `head` does.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
// Node would print the message of an error that nobody caught, and that may quote a value.
process.on("uncaughtException", (error) => process.exit(reportError(error, paths)));
try {
  const words = process.argv.slice(2);
  const script = realpathSync(process.argv[1] ?? fileURLToPath(import.meta.url));
  const program = await buildProgram(cliOfThisProcess(script, paths), words);
  if (words.length === 0) program.outputHelp();
  else await program.parseAsync(words, { from: "user" });
} catch (error) {
  process.exitCode = reportError(error, paths);
}

function requirePaths(): Paths {
  try {
    return findPaths(process.env);
  } catch (error) {
    return process.exit(reportError(error));
  }
}
