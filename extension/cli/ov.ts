#!/usr/bin/env node
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cliOfThisProcess } from "./cli.ts";
import { buildProgram } from "./program.ts";
import { reportError } from "./report-error.ts";
import { VERSION } from "./version.ts";

const cli = cliOfThisProcess(realpathSync(process.argv[1] ?? fileURLToPath(import.meta.url)));
try {
  const words = process.argv.slice(2);
  const program = await buildProgram(cli, VERSION, words);
  if (words.length === 0) program.outputHelp();
  else await program.parseAsync(words, { from: "user" });
} catch (error) {
  process.exitCode = reportError(error, cli.paths);
}
