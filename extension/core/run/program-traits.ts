import { startsWhatItIsTold } from "./code-options.ts";
import { INTERPRETERS, type Interpreter, STARTS_WITHOUT_CODE } from "./interpreters.ts";
import type { Trait } from "./policy.ts";
import type { Word } from "./shell-reader.ts";

/** What makes a command riskier than its program's name says. */
export interface RiskFound {
  readonly trait: Trait;
  /** Completes "it …", for a person. */
  readonly why: string;
}

/**
 * What is known about a program with these arguments, by the names that it goes by. A list of the well-known ways, for
 * a person to be asked: a program that is made to leak needs none of them.
 */
export function riskOf(names: readonly string[], args: readonly Word[]): readonly RiskFound[] {
  const found: RiskFound[] = [];
  const texts = args.map(({ text }) => text);
  if (names.some((name) => startsWhatItIsTold(name, texts))) found.push(INLINE);
  for (const name of names) {
    if (SHELLS.has(name)) found.push({ trait: "shells", why: "is a shell" });
    if (PRIVILEGES.has(name)) found.push({ trait: "privileges", why: "runs as another user" });
    if (DEBUGGERS.has(name)) found.push({ trait: "debuggers", why: "reads the memory of programs" });
    if (DUMPERS.get(name)?.(texts)) found.push(DUMPS);
    const interpreter = INTERPRETERS.get(name);
    if (interpreter !== undefined) found.push(...riskOfInterpreter(interpreter, args));
  }
  if (texts.some(readsEnvironment)) found.push(READS_ENVIRONMENT);
  return found;
}

/** A program by whose name something is known, wherever in a line it stands. */
export function isKnownRisk(name: string): boolean {
  return SHELLS.has(name) || PRIVILEGES.has(name) || DEBUGGERS.has(name) || DUMPERS.has(name) || INTERPRETERS.has(name);
}

export function isShell(names: readonly string[]): boolean {
  return names.some((name) => SHELLS.has(name));
}

/** A file in which Linux shows a process's environment or memory, or the folder of it, however it is spelled. */
export function readsEnvironment(path: string): boolean {
  return /^\/proc\/.*(mem$|[*?[$`])|^\/[^/]*[*?[]|(^|\/)environ$|^\/proc(\/[\w-]+)?(\/task(\/\w+)?)?\/?$/.test(path);
}

export const DUMPS: RiskFound = { trait: "env-dumps", why: "prints the environment" };

export const READS_ENVIRONMENT: RiskFound = { trait: "env-dumps", why: "reads a process's environment from /proc" };

function riskOfInterpreter(
  { code, value, debug, acts, alone, takes }: Interpreter,
  args: readonly Word[],
): readonly RiskFound[] {
  const found: RiskFound[] = [];
  const debugs = debug !== undefined && args.some(({ text }) => debug.test(text));
  if (debugs) found.push({ trait: "debuggers", why: "starts under its debugger" });
  if (args.some(({ text }) => text.startsWith("data:") || takes?.test(text))) found.push(INLINE);
  for (let at = 0; at < args.length; at++) {
    const { text, isLiteral } = args[at]!;
    if (acts?.test(text)) return [...found, INLINE];
    if (!text.startsWith("-") && isLiteral) return found; // the script
    if (!isLiteral) return [...found, { trait: "unclear", why: "has options that aren't known before it runs" }];
    if (text === "-") return [...found, FROM_INPUT];
    if (text === "--") return at + 1 < args.length ? found : [...found, FROM_INPUT];
    if (code.test(text) || text.includes("=data:")) return [...found, INLINE];
    if (STARTS_WITHOUT_CODE.test(text) || alone?.test(text)) return found;
    if (value?.test(text)) at++;
  }
  return [...found, FROM_INPUT];
}

const INLINE: RiskFound = { trait: "inline-code", why: "runs code from its arguments" };
const FROM_INPUT: RiskFound = { trait: "inline-code", why: "runs code from its input" };

const SHELLS = new Set(
  "sh bash dash ash zsh ksh mksh pdksh oksh yash posh rbash fish csh tcsh elvish nu xonsh pwsh powershell cmd".split(
    " ",
  ),
);

const PRIVILEGES = new Set("sudo sudoedit doas su pkexec runuser run0 setpriv gosu su-exec runas".split(" "));

const DEBUGGERS = new Set(
  "gdb gdbserver cgdb lldb lldb-server strace ltrace dtrace dtruss truss bpftrace perf rr valgrind gcore dlv jdb jmap jstack jcmd pdb ipdb rdbg radare r2 frida frida-trace windbg cdb procdump".split(
    " ",
  ),
);

type Dumps = (args: readonly string[]) => boolean;

const always: Dumps = () => true;
const has =
  (pattern: RegExp): Dumps =>
  (args) =>
    args.some((arg) => pattern.test(arg));
const words =
  (...wanted: readonly string[]): Dumps =>
  (args) =>
    wanted.every((word) => args.includes(word));

/** Not `env`: with a program behind it, it is none (see wrapper-programs.ts). */
const DUMPERS: ReadonlyMap<string, Dumps> = new Map(
  Object.entries({
    printenv: always,
    envsubst: always,
    // BSD's and GNU's "e" shows the environment, as in "ps auxe" and "ps -E".
    ps: (args) => args.some((arg) => /^[aAcfghjklmnrStTuUvwxXZ]*e[aAcfghjklmnrStTuUvwxXZ]*$|^-[a-zA-Z]*E/.test(arg)),
    pargs: has(/^-[a-z]*e/),
    awk: has(/ENVIRON|system\s*\(|getline|\|/),
    gawk: has(/ENVIRON|system\s*\(|getline|\||@load/),
    mawk: has(/ENVIRON|system\s*\(|getline|\|/),
    jq: has(/\benv\b|\$ENV/),
    gojq: has(/\benv\b|\$ENV/),
    yq: has(/\benv\b|envsubst|strenv/),
    gomplate: always,
    make: has(/^-[a-zA-Z]*p|^--print-data-base$/),
    gmake: has(/^-[a-zA-Z]*p|^--print-data-base$/),
    npm: (args) => args[0] === "run" && args[1] === "env" && args.length === 2,
    yarn: words("run", "env"),
    php: has(/^(-i|--info)$/),
    direnv: has(/^(dump|export)$/),
    systemctl: has(/^show-environment$/),
    launchctl: has(/^(export|getenv|print)$/),
    docker: words("compose", "config"),
    "docker-compose": words("config"),
    podman: words("compose", "config"),
  }),
);
