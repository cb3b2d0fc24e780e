import { detectCredentials } from "#core/redact/detectors.ts";
import { type Command, describeCommand } from "#core/run/command.ts";

/** As `vscode.Memento`. Its content is stored in plain text, so no command with a value in it may get there. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

/** The commands that were run in this workspace, newest first. */
export class RecentCommands {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  list(): readonly Command[] {
    const stored = this.#memory.get(KEY);
    return Array.isArray(stored) ? stored.filter(isCommand) : [];
  }

  /** Remembers a command, unless a value may stand in it. */
  async add(command: Command): Promise<void> {
    if (!(await isFreeOfValues(command))) return;
    const others = this.list().filter((other) => describeCommand(other) !== describeCommand(command));
    await this.#memory.update(KEY, [command, ...others].slice(0, KEPT));
  }
}

/**
 * False for a command with a credential of a known format, with a literal behind a word such as "password", or with a
 * password in a URL. What has no form of its own is not noticed.
 */
export async function isFreeOfValues(command: Command): Promise<boolean> {
  const text = typeof command === "string" ? command : command.join(" ");
  if (NAMED_VALUE.test(text) || URL_PASSWORD.test(text)) return false;
  return (await detectCredentials(text)).length === 0;
}

const NAMED_VALUE =
  /(?<!\$\{?\w*)(?:pass|pwd|secret|token|key|auth|bearer|credential|cookie)[\w-]*(?:["']?\s*[=:]\s*|\s+)["']?(?![$-]|(?:bearer|basic|token)\s)[^\s"'$]{4,}/i;
const URL_PASSWORD = /:\/\/[^\s/:@]*:(?!\$)[^\s/@]+@/;
const KEY = "opaquevault.recentCommands";
const KEPT = 20;

function isCommand(value: unknown): value is Command {
  if (typeof value === "string") return value.trim() !== "";
  return Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === "string");
}
