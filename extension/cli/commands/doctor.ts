import type { Command } from "commander";
import type { Cli } from "../cli.ts";
import type { Check } from "../doctor/check.ts";
import { runChecks } from "../doctor/checks.ts";
import { EXIT_CODE } from "../exit-code.ts";
import { print, printJson, style } from "../print.ts";

export function define(command: Command, cli: Cli): void {
  command.option("--json", "as JSON").action(async (options: { json?: true }) => {
    const checks = await runChecks(cli);
    if (options.json) printJson({ checks });
    else for (const check of checks) show(check);
    if (checks.some(({ state }) => state === "fail")) process.exitCode = EXIT_CODE["person-required"];
  });
}

function show({ state, message, next }: Check): void {
  const mark = { ok: style("green", "ok  "), warn: style("yellow", "warn"), fail: style("red", "fail") }[state];
  print(`${mark}  ${message}`);
  if (next !== undefined) print(`      ${next}`);
}
