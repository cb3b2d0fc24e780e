import { join } from "node:path";
import type { Client, Places, Scope } from "./clients.ts";
import type { Placed } from "./install.ts";

/** Clients that let a hook replace what a tool printed before the model reads it. */
export const HOOK_CLIENTS = ["claude", "copilot", "codex", "gemini"] as const;
export type HookClientName = (typeof HOOK_CLIENTS)[number];

/** The command that a client starts for each event, as a line for a shell. */
export type HookCommand = (client: HookClientName) => string;

export interface HookClient extends Pick<Client, "title" | "next"> {
  file(scope: Scope, places: Places): string;
  /** What is written where, given what the file holds. */
  entries(existing: unknown, command: string): readonly Placed[];
}

const SECONDS = 30;

export const HOOKS: Readonly<Record<HookClientName, HookClient>> = {
  claude: {
    title: "Claude Code",
    file: (scope, { home, project, env }) =>
      join(
        scope === "project" ? join(project, ".claude") : env.CLAUDE_CONFIG_DIR || join(home, ".claude"),
        "settings.json",
      ),
    entries: (existing, command) =>
      ["PostToolUse", "PostToolUseFailure"].map((event) =>
        inGroups(existing, event, "claude", {
          matcher: "*",
          hooks: [{ type: "command", command, timeout: SECONDS }],
        }),
      ),
    next: 'Start Claude Code again; "/hooks" shows it.',
  },
  copilot: {
    title: "GitHub Copilot CLI",
    file: (scope, { home, project, env }) =>
      scope === "project"
        ? join(project, ".github", "hooks", "opaquevault.json")
        : join(env.COPILOT_HOME || join(home, ".copilot"), "hooks", "opaquevault.json"),
    // A file of our own: every file of that folder is read.
    entries: (_existing, command) => {
      const hook = { type: "command", command, timeoutSec: SECONDS };
      return [{ path: [], entry: { version: 1, hooks: { postToolUse: [hook], postToolUseFailure: [hook] } } }];
    },
    next: "Start copilot again.",
  },
  codex: {
    title: "Codex",
    file: (scope, { home, project, env }) =>
      join(scope === "project" ? join(project, ".codex") : env.CODEX_HOME || join(home, ".codex"), "hooks.json"),
    entries: (existing, command) => [
      inGroups(existing, "PostToolUse", "codex", {
        matcher: ".*",
        hooks: [{ type: "command", command, timeout: SECONDS }],
      }),
    ],
    next: 'Start codex again, and say in "/hooks" that you trust this hook: until then it does not run.',
  },
  gemini: {
    title: "Gemini CLI",
    file: (scope, { home, project }) => join(scope === "project" ? project : home, ".gemini", "settings.json"),
    entries: (existing, command) => [
      inGroups(existing, "AfterTool", "gemini", {
        matcher: ".*",
        hooks: [{ type: "command", name: "opaquevault", command, timeout: SECONDS * 1000 }],
      }),
    ],
    next: 'Start gemini again; "/hooks" shows it.',
  },
};

/** A group of hooks in an event's list: in the place of our own of before, else behind those of others. */
function inGroups(existing: unknown, event: string, client: HookClientName, entry: Placed["entry"]): Placed {
  const groups = at(at(existing, "hooks"), event);
  const listed: readonly unknown[] = Array.isArray(groups) ? groups : [];
  const own = listed.findIndex((group) => JSON.stringify(group).includes(`hook ${client}"`));
  return { path: ["hooks", event, own === -1 ? listed.length : own], entry };
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}
