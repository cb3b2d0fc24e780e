import type { Command } from "commander";
import type { Cli } from "./cli.ts";

/** What a file of commands/ exports: it gives its command the arguments and the action. */
export interface CommandModule {
  define(command: Command, cli: Cli): void;
}

interface Entry {
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
  readonly hidden?: true;
}

/** Every top-level command, in the order of the help. */
export const COMMANDS: Readonly<Record<string, Entry>> = {
  vault: { summary: "make a vault, change its password, recover it", load: () => import("./commands/vault.ts") },
  recovery: {
    summary: "make a recovery kit, or shares of it for several people",
    load: () => import("./commands/recovery.ts"),
  },
  unlock: {
    summary: "unlock the vault for a while, in a process of its own",
    load: () => import("./commands/unlock.ts"),
  },
  lock: { summary: "lock the vault and wipe its keys", load: () => import("./commands/lock.ts") },
  status: {
    summary: "show the vault's state and the context of this folder",
    load: () => import("./commands/status.ts"),
  },
  secret: { summary: "create, update, list and delete secrets", load: () => import("./commands/secret.ts") },
  app: { summary: "list, create and delete apps", load: () => import("./commands/app.ts") },
  env: { summary: "list, create and delete environments", load: () => import("./commands/env.ts") },
  run: { summary: "run a command with secrets, its output redacted", load: () => import("./commands/run.ts") },
  shell: { summary: "open a shell with secrets, its output redacted", load: () => import("./commands/shell.ts") },
  approve: {
    summary: "answer what agents ask for, and end what was approved",
    load: () => import("./commands/approve.ts"),
  },
  policy: {
    summary: "show, set and explain which commands may have secrets",
    load: () => import("./commands/policy.ts"),
  },
  login: { summary: "use a vault that is on a server", load: () => import("./commands/login.ts") },
  logout: { summary: "forget the server on this device", load: () => import("./commands/logout.ts") },
  devices: { summary: "list and remove the devices of your account", load: () => import("./commands/devices.ts") },
  token: { summary: "let a machine read environments", load: () => import("./commands/token.ts") },
  sync: { summary: "fetch the server's vault, for when it can't be reached", load: () => import("./commands/sync.ts") },
  diff: { summary: "compare two environments, without their values", load: () => import("./commands/diff.ts") },
  share: { summary: "let colleagues into environments, and out of them", load: () => import("./commands/share.ts") },
  audit: { summary: "show who used what", load: () => import("./commands/audit.ts") },
  mcp: { summary: "serve AI agents, and install into their configuration", load: () => import("./commands/mcp.ts") },
  hook: {
    summary: "hide values in what AI agents read by their own tools",
    load: () => import("./commands/hook.ts"),
  },
  init: { summary: "set this folder up: .ov.yaml, and rules for its agents", load: () => import("./commands/init.ts") },
  export: { summary: "back the vault up, or take values out of it", load: () => import("./commands/export.ts") },
  import: {
    summary: "take over what other programs hold; restore a backup",
    load: () => import("./commands/import.ts"),
  },
  config: { summary: "show and change your own settings", load: () => import("./commands/config.ts") },
  doctor: { summary: "check the installation and say what to do", load: () => import("./commands/doctor.ts") },
  agent: { summary: "hold what a token reads, for a service", load: () => import("./commands/agent.ts") },
  hold: {
    summary: "hold an unlocked vault (started by ov unlock)",
    load: () => import("./commands/hold.ts"),
    hidden: true,
  },
};
