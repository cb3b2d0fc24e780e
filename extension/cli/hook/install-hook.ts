import type { Scope } from "#mcp/client-setup/clients.ts";
import { HOOKS, type HookClientName } from "#mcp/client-setup/hooks.ts";
import { planJson, showEntry } from "#mcp/client-setup/install.ts";
import { ownHome } from "#mcp/device/paths.ts";
import { applyChange } from "../apply-change.ts";
import type { Cli } from "../cli.ts";
import { print, say } from "../print.ts";

export async function installHook(
  cli: Cli,
  name: HookClientName,
  options: { readonly scope: Scope; readonly yes?: true; readonly print?: true },
): Promise<void> {
  const client = HOOKS[name];
  const places = { home: cli.home, project: cli.cwd, env: cli.env, platform: process.platform };
  const file = client.file(options.scope, places);
  const command = commandLine(cli, name, options.scope);
  if (options.print) {
    say(`# ${client.title}: ${file}`);
    for (const { path, entry } of client.entries(undefined, command)) print(showEntry("json", path, entry).join("\n"));
    return;
  }
  const change = planJson(file, (existing) => client.entries(existing, command));
  await applyChange(client, file, change, options);
}

/** For the shell that the client starts it by: absolute paths, as the client may have another PATH. */
function commandLine({ self, env }: Cli, name: HookClientName, scope: Scope): string {
  if (scope === "project") return `ov hook ${name}`;
  const line = `${self.map(quoted).join(" ")} hook ${name}`;
  const home = ownHome(env);
  if (home === undefined) return line;
  if (process.platform !== "win32") return `OV_HOME=${quoted(home)} ${line}`;
  say("OV_HOME is not part of the hook on Windows: set it for the agent too.");
  return line;
}

function quoted(word: string): string {
  if (/^[\w./:-]+$/.test(word)) return word;
  return process.platform === "win32" ? `"${word}"` : `'${word.replaceAll("'", `'\\''`)}'`;
}
