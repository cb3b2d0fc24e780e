import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Wanted } from "../terminal/resolve-run.ts";

/** A launch configuration, after VS Code and the debugger's own extension have filled it in. */
export type Launch = Readonly<Record<string, unknown>>;

export interface Debuggee {
  /** What will run, with the variables that the configuration sets; for a person, the policy and the audit log. */
  readonly command: readonly string[];
  readonly cwd: string | undefined;
}

export type CannotDebug = "type" | "attach" | "envFile" | "runtime" | "program" | "console";

export interface LaunchPlace {
  /** Variables that a program has anyway. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  exists(path: string): boolean;
}

/** What a configuration starts, or why its program can't get secrets. */
export function debuggeeOf(launch: Launch, { environment, exists }: LaunchPlace): Debuggee | CannotDebug {
  const language = languageOf(launch.type);
  if (language === undefined) return "type";
  if (launch.request !== "launch") return "attach";
  // Its variables could make the program load code, and nobody would have seen them.
  // The Python extension names one by default, whether it is there or not.
  if (exists(text(launch.envFile) ?? "")) return "envFile";
  if (text(launch.console) === "externalTerminal") return "console";
  const program = language === "node" ? nodeProgram(launch) : pythonProgram(launch);
  if (typeof program === "string") return program;
  const set = Object.entries(asObject(launch.env)).filter(([name, value]) => environment[name] !== value);
  const variables = set.map(([name, value]) => `${name}=${String(value ?? "")}`);
  return {
    command: variables.length === 0 ? program : ["env", ...variables, ...program],
    cwd: text(launch.cwd),
  };
}

export function isNode({ type }: Launch): boolean {
  return languageOf(type) === "node";
}

function languageOf(type: unknown): "node" | "python" | undefined {
  if (type === "node" || type === "pwa-node") return "node";
  return type === "python" || type === "debugpy" ? "python" : undefined;
}

function nodeProgram(launch: Launch): readonly string[] | CannotDebug {
  const runtime = text(launch.runtimeExecutable) ?? "node";
  // These read no NODE_OPTIONS.
  if (/(^|[\\/])(deno|bun|electron)(\.exe|\.cmd)?$/i.test(runtime)) return "runtime";
  const program = text(launch.program);
  const words = [runtime, ...texts(launch.runtimeArgs), ...(program === undefined ? [] : [program])];
  return words.length === 1 ? "program" : [...words, ...texts(launch.args)];
}

function pythonProgram(launch: Launch): readonly string[] | CannotDebug {
  const python = texts(launch.python ?? launch.pythonPath);
  const target = text(launch.program);
  const module = text(launch.module);
  if ((target === undefined) === (module === undefined)) return "program";
  const what = target === undefined ? ["-m", module!] : [target];
  return [...(python.length === 0 ? ["python"] : python), ...texts(launch.pythonArgs), ...what, ...texts(launch.args)];
}

export interface LaunchTicket {
  readonly socketPath: string;
  readonly key: string;
}

/**
 * The configuration that starts the same program, which takes its variables for the ticket. The output goes to the debug
 * console: an integrated terminal's is read by agents.
 */
export function withTicket(launch: Launch, ticket: LaunchTicket, dist: string): Launch {
  const { module, ...launched } = { ...launch, console: "internalConsole" } as Launch & { readonly module?: unknown };
  if (isNode(launch)) {
    return { ...launched, env: { ...asObject(launch.env), NODE_OPTIONS: nodeOptions(launch, ticket, dist) } };
  }
  const target = text(module) === undefined ? ["program", text(launch.program) ?? ""] : ["module", text(module) ?? ""];
  return {
    ...launched,
    program: join(dist, "take_ticket.py"),
    args: [ticket.socketPath, ticket.key, ...target, ...texts(launch.args)],
  };
}

function nodeOptions(launch: Launch, { socketPath, key }: LaunchTicket, dist: string): string {
  const url = pathToFileURL(join(dist, "take-ticket.js"));
  url.search = new URLSearchParams({ socket: socketPath, ticket: key }).toString();
  return [text(asObject(launch.env).NODE_OPTIONS), `--import=${url.href}`].filter(Boolean).join(" ");
}

/** `"opaquevault": true`, or an object that names the context. undefined = the configuration wants no secrets. */
export function wantedSecrets(launch: Launch): Wanted | undefined {
  const { opaquevault } = launch;
  if (opaquevault === undefined || opaquevault === false) return undefined;
  const { app, environment, secrets } = asObject(opaquevault);
  return {
    ...(text(app) === undefined ? {} : { app: text(app)! }),
    ...(text(environment) === undefined ? {} : { environment: text(environment)! }),
    ...(Array.isArray(secrets) ? { secrets: texts(secrets) } : {}),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A list of texts; a single text is a list of one. */
function texts(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.map(String) : [];
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
