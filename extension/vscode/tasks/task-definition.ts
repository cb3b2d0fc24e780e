import { resolve } from "node:path";
import type { Command } from "#core/run/command.ts";
import { VaultError } from "#core/vault-error.ts";
import { packageScripts } from "../terminal/package-scripts.ts";
import type { Wanted } from "../terminal/resolve-run.ts";

/** What a task of tasks.json asks for. It comes from the project, so it is shown to a person before it runs. */
export interface WantedTask extends Wanted {
  readonly command: Command;
  readonly cwd: string;
}

/** Reads a task's definition, for a task of `folder`. Refuses with `argument-invalid`. */
export async function wantedTask(definition: Readonly<Record<string, unknown>>, folder: string): Promise<WantedTask> {
  const text = (name: string): string | undefined => textAt(definition, name);
  const [app, environment, secrets] = [text("app"), text("environment"), textsAt(definition, "secrets")];
  return {
    command: await commandOf(definition, folder),
    cwd: resolve(folder, text("cwd") ?? "."),
    ...(app === undefined ? {} : { app }),
    ...(environment === undefined ? {} : { environment }),
    ...(secrets === undefined ? {} : { secrets }),
  };
}

/** `command` alone is a line for the shell; with `args` it is a program. `script` is one of package.json. */
async function commandOf(definition: Readonly<Record<string, unknown>>, folder: string): Promise<Command> {
  const command = textAt(definition, "command");
  const script = textAt(definition, "script");
  const args = textsAt(definition, "args");
  if (command !== undefined && script === undefined) return args === undefined ? command : [command, ...args];
  if (script === undefined || command !== undefined) {
    throw invalid(
      'A task of type "opaquevault" has either a "command" or a "script". Write one of them in tasks.json.',
    );
  }
  const found = (await packageScripts(folder)).find(({ command: [, , name] }) => name === script);
  if (found === undefined) {
    throw invalid(`package.json has no script ${JSON.stringify(script.slice(0, 80))}. Add it, or name another one.`);
  }
  return [...found.command, ...(args ?? [])];
}

function textAt(definition: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = definition[name];
  if (value === undefined || (typeof value === "string" && value !== "")) return value;
  throw invalid(`"${name}" of a task is a text. Change it in tasks.json.`);
}

function textsAt(definition: Readonly<Record<string, unknown>>, name: string): readonly string[] | undefined {
  const value = definition[name];
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((entry) => typeof entry === "string")) return value;
  throw invalid(`"${name}" of a task is a list of texts. Change it in tasks.json.`);
}

function invalid(message: string): VaultError {
  return new VaultError("argument-invalid", message);
}
