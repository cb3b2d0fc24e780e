import { plainName } from "./program-path.ts";
import { isKnownRisk } from "./program-traits.ts";
import type { Word } from "./shell-reader.ts";

/** What a program that starts another one starts. */
export type Started =
  /** It starts nothing, such as `env` without a program. */
  | { readonly kind: "nothing" }
  | StartedCommands
  /** A text for a shell. */
  | { readonly kind: "text"; readonly text: Word }
  | { readonly kind: "unclear" };

/** One or more command lines, and variables that it sets for them. */
interface StartedCommands {
  readonly kind: "commands";
  readonly commands: readonly (readonly Word[])[];
  readonly assigned: readonly string[];
  /** It does more than to start them, so it has to be allowed itself. */
  readonly hasOwnUse?: true;
}

/** For programs whose whole point is to start another one, with options that are known. undefined = none of those. */
export function startedBy(name: string, args: readonly Word[]): Started | undefined {
  if (STARTS_SOMEHOW.has(name) || /^ld(-linux.*)?\.so/.test(name)) return UNCLEAR;
  if (name === "find") return startedByFind(args);
  if (name === "busybox" || name === "toybox") return args.length === 0 ? NOTHING : commands([args]);
  const wrapper = WRAPPERS.get(name);
  return wrapper && unwrap(wrapper, args);
}

/**
 * For programs that do much else too (`npx`, `docker`): a shell text, or the first word of theirs by whose name some
 * risk is known, with what follows. What else they start is theirs to answer for.
 */
export function startedByRunner(name: string, args: readonly Word[]): Started | undefined {
  const rest = behindRunner(name, args);
  if (rest === undefined) return undefined;
  const at = rest.findIndex(({ text, isLiteral }) => isLiteral && isKnownAnywhere(plainName(text)));
  const textAt = rest.findIndex(({ text }) => /^(-c|--call|--run|--command)$/.test(text)) + 1;
  // Behind a known program these options are that program's.
  const isText = textAt > 0 && textAt < rest.length && (at < 0 || textAt <= at);
  if (isText) return { kind: "text", text: rest[textAt]! };
  return at < 0 ? undefined : commands([rest.slice(at)]);
}

/** The words in which such a program may name what it starts, or a copier what it gives another name. */
export function wordsToStart(name: string, args: readonly Word[]): readonly Word[] | undefined {
  return COPIERS.has(name) ? args : behindRunner(name, args);
}

function behindRunner(name: string, args: readonly Word[]): readonly Word[] | undefined {
  const starter = RUNNERS.get(name);
  if (starter === undefined) return undefined;
  const first = starter === "at once" ? 0 : args.findIndex(({ text }) => starter.test(text));
  return first < 0 ? undefined : args.slice(first);
}

interface Wrapper {
  /** Options of one word. */
  readonly flags?: RegExp;
  /** Options whose value is the next word. */
  readonly value?: RegExp;
  /** Words that stand before the command. */
  readonly operands?: number;
  /** `NAME=value` may stand before the command. */
  readonly assigns?: true;
  /** More arguments come from its input. */
  readonly addsArguments?: true;
  /** With one of these it only tells something. */
  readonly tells?: RegExp;
}

function unwrap(
  { flags, value, operands = 0, assigns, addsArguments, tells }: Wrapper,
  args: readonly Word[],
): Started {
  const assigned: string[] = [];
  let at = 0;
  for (; at < args.length; at++) {
    const { text, isLiteral } = args[at]!;
    const variable = assigns && /^([A-Za-z_]\w*)=/.exec(text)?.[1];
    if (variable !== undefined) assigned.push(variable);
    else if (!isLiteral) return UNCLEAR;
    else if (text === "--") {
      at++;
      break;
    } else if (tells?.test(text)) return NOTHING;
    else if (value?.test(text)) at++;
    else if (!flags?.test(text)) {
      if (text.startsWith("-") && text !== "-") return UNCLEAR;
      break;
    }
  }
  const words = args.slice(at + operands);
  if (words.length === 0) return NOTHING;
  return commands([addsArguments ? [...words, FROM_INPUT] : words], assigned);
}

function startedByFind(args: readonly Word[]): Started {
  const found: Word[][] = [];
  for (let at = 0; at < args.length; at++) {
    if (!/^-(exec|execdir|ok|okdir)$/.test(args[at]!.text)) continue;
    const end = args.findIndex(({ text }, index) => index > at && (text === ";" || text === "+"));
    found.push(args.slice(at + 1, end < 0 ? args.length : end));
  }
  return found.length === 0 ? NOTHING : { ...commands(found), hasOwnUse: true };
}

function commands(all: readonly (readonly Word[])[], assigned: readonly string[] = []): StartedCommands {
  return { kind: "commands", commands: all, assigned };
}

function isKnownAnywhere(name: string): boolean {
  return name === "env" || name === "busybox" || isKnownRisk(name);
}

const NOTHING: Started = { kind: "nothing" };
const UNCLEAR: Started = { kind: "unclear" };

/** Stands for arguments that nobody knows before the command runs. */
const FROM_INPUT: Word = { text: "…", isLiteral: false };

const WRAPPERS: ReadonlyMap<string, Wrapper> = new Map(
  Object.entries({
    env: {
      flags: /^(-[i0v]+|-|--ignore-environment|--null|--debug|-u.+|--unset=.*|-C.+|--chdir=.*)$/,
      value: /^(-u|--unset|-C|--chdir)$/,
      assigns: true,
    },
    nice: { flags: /^(-\d+|-n.+|--adjustment=.*)$/, value: /^(-n|--adjustment)$/ },
    nohup: {},
    timeout: {
      flags: /^(--preserve-status|--foreground|-v|--verbose|-[ks].+|--(kill-after|signal)=.*)$/,
      value: /^(-k|-s|--kill-after|--signal)$/,
      operands: 1,
    },
    stdbuf: { flags: /^(-[ioe].+|--(input|output|error)=.*)$/, value: /^-[ioe]$/ },
    setsid: { flags: /^(-[cfw]+|--(ctty|fork|wait))$/ },
    ionice: { flags: /^(-t|-[cn]\d+|--(class|classdata)=.*)$/, value: /^-[cn]$/ },
    time: { flags: /^(-[pvaql]+|--(portability|verbose|append|quiet))$/, value: /^(-[fo]|--format|--output)$/ },
    xargs: {
      flags:
        /^(-[0rtpxo]+|-[nPLIsdEa].+|--(null|no-run-if-empty|verbose|interactive|exit)|--(max-args|max-procs|max-lines|replace|delimiter|arg-file)=.*)$/,
      value: /^-[nPLIsdEa]$/,
      addsArguments: true,
    },
    command: { flags: /^-p$/, tells: /^-[vV]$/ },
    builtin: {},
    exec: { flags: /^-[cl]+$/, value: /^-a$/ },
    caffeinate: { flags: /^-[dimsu]+$/, value: /^-[tw]$/ },
    chronic: {},
    unbuffer: { flags: /^-p$/ },
    taskset: { flags: /^-[ac]+$/, operands: 1 },
    sudo: {
      flags: /^(-[EnHSibkPA]+|--(preserve-env|non-interactive|set-home|stdin|login|background)(=.*)?)$/,
      value: /^(-[ugpCrtThDR]|--(user|group|prompt|chdir|host))$/,
      assigns: true,
      tells: /^-[lvKV]$/,
    },
    doas: { flags: /^-[nsL]+$/, value: /^-[uC]$/ },
  } satisfies Record<string, Wrapper>),
);

/** They start what their arguments, their input or their files say, in ways that aren't looked into. */
const STARTS_SOMEHOW = new Set(
  "parallel watch script scriptreplay flock chroot unshare nsenter systemd-run bwrap firejail at batch crontab screen tmux zellij dtach abduco start-stop-daemon daemonize entr watchexec socat ncat nc ssh-agent rlwrap setarch chrt linux64 linux32 faketime fakeroot choom prlimit capsh sg newgrp runcon numactl run-parts pipesz uclampset coresched xvfb-run dbus-run-session dbus-launch gpg-agent proxychains proxychains4 torsocks torify".split(
    " ",
  ),
);

const COPIERS = new Set("ln cp mv install dd rsync".split(" "));

const RUN_WORD = /^(exec|run|dlx|x|shell|--|-c|--call|--run|--command)$/;

/** Behind which word of its own a runner names what it starts. */
type Starter = RegExp | "at once";

const RUNNERS: ReadonlyMap<string, Starter> = new Map<string, Starter>([
  ...words("npx bunx pnpx uvx pipx cross-env dotenv dotenvx env-cmd run-s run-p concurrently chamber", "at once"),
  ...words("npm pnpm yarn bun deno uv poetry pipenv pdm hatch rye bundle rbenv pyenv nodenv asdf mise", RUN_WORD),
  ...words("conda mamba micromamba direnv nix nix-shell devbox flox op doppler infisical aws-vault", RUN_WORD),
  ...words("docker docker-compose podman nerdctl kubectl oc lxc heroku fly vagrant", RUN_WORD),
]);

function words(names: string, value: Starter): readonly (readonly [string, Starter])[] {
  return names.split(" ").map((name) => [name, value] as const);
}
