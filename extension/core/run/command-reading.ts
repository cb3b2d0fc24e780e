import { asSecretName } from "../vault/context.ts";
import type { Command } from "./command.ts";
import { type ProgramFile, type ProgramPlace, programFile, programNames } from "./program-path.ts";
import { DUMPS, isShell, READS_ENVIRONMENT, type RiskFound, readsEnvironment, riskOf } from "./program-traits.ts";
import { readBuiltin } from "./shell-builtins.ts";
import { shellOptions } from "./shell-options.ts";
import { readShell, type SimpleCommand, type Word } from "./shell-reader.ts";
import { type Started, startedBy, startedByRunner, wordsToStart } from "./wrapper-programs.ts";

/** One program that a command starts, or a part of the command that can't be told (without names). */
export interface ProgramUse {
  /** As it was written. */
  readonly word: string;
  readonly names: readonly string[];
  /** undefined where the name's file can't be told, or there is none. */
  readonly file?: ProgramFile;
  readonly risks: readonly RiskFound[];
  /** Names in code that it runs, and in what it starts or puts elsewhere, in lower case; left out where there is none. */
  readonly mentions?: readonly string[];
  /** False for shells, which have a verdict of their own, and where another program of the line answers for it. */
  readonly isOwnProgram: boolean;
}

export interface CommandPlace extends ProgramPlace {
  readonly platform?: NodeJS.Platform;
}

/**
 * Every program that a command starts as far as its text tells, for a policy to judge. Best effort: what the programs
 * start in turn is not seen, and a policy on top of it is advice and a question to a person, no sandbox.
 */
export function readCommand(command: Command, place: CommandPlace): readonly ProgramUse[] {
  if (typeof command !== "string") {
    return readWords(
      command.map((text) => ({ text, isLiteral: true })),
      { place, depth: 0, isShell: false },
    );
  }
  const isWindows = (place.platform ?? process.platform) === "win32";
  const shell = isWindows ? "cmd.exe" : "/bin/sh";
  const uses = [programUse(shell, [{ trait: "shells", why: "is a shell" }], { place, depth: 0, isShell: false })];
  // cmd.exe has a grammar of its own.
  return [...uses, ...(isWindows ? [unclear(command)] : readText(command, { place, depth: 0, isShell: true }))];
}

interface Scope {
  readonly place: CommandPlace;
  readonly depth: number;
  /** Inside of a shell's text, where built-in commands count. */
  readonly isShell: boolean;
  /** Started by a program that answers for what it starts. */
  readonly isInner?: true;
}

const MAX_DEPTH = 8;

function readText(text: string, scope: Scope): readonly ProgramUse[] {
  const simple = scope.depth > MAX_DEPTH ? undefined : readShell(text);
  if (simple === undefined) return [unclear(text)];
  const moves = simple.some(({ words }) => /^(cd|pushd|popd|chdir)$/.test(words[0]?.text ?? ""));
  const place = moves ? { ...scope.place, cwd: undefined } : scope.place;
  return simple.flatMap((each) => readSimple(each, { ...scope, place, depth: scope.depth + 1, isShell: true }));
}

function readSimple({ assigned, words, files }: SimpleCommand, scope: Scope): readonly ProgramUse[] {
  const uses = [...ofAssigned(assigned)];
  const file = files.find(({ text }) => readsEnvironment(text));
  if (file !== undefined) uses.push(risky(file.text, READS_ENVIRONMENT));
  return words.length === 0 ? uses : [...uses, ...readWords(words, scope)];
}

function readWords(words: readonly Word[], scope: Scope): readonly ProgramUse[] {
  const [first, ...args] = words;
  if (first === undefined || scope.depth > MAX_DEPTH) return [unclear(first?.text ?? "")];
  const deeper = { ...scope, depth: scope.depth + 1 };
  if (scope.isShell) {
    const builtin = readBuiltin(first, args);
    switch (builtin?.kind) {
      case "harmless":
        return args.some(({ text }) => readsEnvironment(text)) ? [risky(first.text, READS_ENVIRONMENT)] : [];
      case "risk":
        return [risky([first, ...args].map(({ text }) => text).join(" "), builtin.risk)];
      case "text":
        return readText(builtin.text, deeper);
      case "assigns":
        return ofAssigned(builtin.names);
      case undefined:
    }
  }
  if (!first.isLiteral) return [unclear(first.text)];
  const names = programNames(first.text, programFile(first.text, scope.place));
  const started = firstOf(names, (name) => startedBy(name, args));
  if (started !== undefined) return readStarted(first.text, started, args, deeper);
  if (isShell(names)) return readShellProgram(first.text, names, args, deeper);
  const found = programUse(first.text, riskOf(names, args), scope);
  const code = carriesCode(found) ? args : firstOf(names, (name) => wordsToStart(name, args));
  const use = code === undefined ? found : { ...found, mentions: namesIn(code) };
  const inner = firstOf(names, (name) => startedByRunner(name, args));
  if (inner === undefined) return [use];
  return [use, ...readStarted(first.text, inner, [], { ...deeper, isShell: false, isInner: true }).slice(1)];
}

/** A program that starts another: first itself, then what it starts. It needs no permission of its own. */
function readStarted(
  word: string,
  started: Started,
  args: readonly Word[],
  scope: Scope,
): readonly [ProgramUse, ...ProgramUse[]] {
  const use = programUse(word, [], scope);
  const own = { ...use, risks: riskOf(use.names, args) };
  const wrapper = { ...own, isOwnProgram: false };
  switch (started.kind) {
    case "nothing":
      return [own.names.includes("env") ? { ...wrapper, risks: [...own.risks, DUMPS] } : own];
    case "unclear":
      return [
        {
          ...own,
          risks: [...own.risks, { trait: "unclear", why: "starts a program that can't be told" }],
          mentions: namesIn(args),
        },
      ];
    case "text":
      if (!started.text.isLiteral) return [wrapper, unclear(started.text.text)];
      return [wrapper, ...readText(started.text.text, scope)];
    case "commands": {
      // `command` and `exec` belong to the shell and can start what it has built in.
      const isShell = scope.isShell && /^(command|builtin|exec)$/.test(word);
      const inner = started.commands.flatMap((words) => readWords(words, { ...scope, isShell }));
      return [started.hasOwnUse ? own : wrapper, ...ofAssigned(started.assigned), ...inner];
    }
  }
}

/** `sh -c text` is read like the text; a script is what it is; without either, it is a prompt or reads its input. */
function readShellProgram(
  word: string,
  names: readonly string[],
  args: readonly Word[],
  scope: Scope,
): readonly ProgramUse[] {
  const own = programUse(word, riskOf(names, args), scope);
  const options = shellOptions(names, args);
  switch (options.kind) {
    case "script":
      return [own];
    case "text":
      return [own, ...readText(options.text, scope)];
    case "risk":
      return [{ ...own, risks: [...own.risks, options.risk], mentions: namesIn(args) }];
  }
}

function firstOf<T>(names: readonly string[], find: (name: string) => T | undefined): T | undefined {
  for (const name of names) {
    const found = find(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function programUse(word: string, risks: readonly RiskFound[], { place, isInner }: Scope): ProgramUse {
  const file = programFile(word, place);
  const names = programNames(word, file);
  const isOwnProgram = isInner === undefined && !isShell(names);
  return { word, names, risks, isOwnProgram, ...(file === undefined ? {} : { file }) };
}

/** A variable through which programs find or load code makes every name mean something else. */
function ofAssigned(names: readonly string[]): readonly ProgramUse[] {
  return names
    .filter((name) => asSecretName(name) === undefined)
    .map((name) =>
      risky(`${name}=…`, { trait: "unclear", why: `sets ${name}, through which programs load or find code` }),
    );
}

function risky(word: string, risk: RiskFound): ProgramUse {
  return { word, names: [], risks: [risk], mentions: namesIn([{ text: word }]), isOwnProgram: false };
}

function carriesCode({ risks }: ProgramUse): boolean {
  return risks.some(({ trait }) => trait === "inline-code" || trait === "unclear");
}

/** Whatever in a text could be a program's name. */
function namesIn(words: readonly Pick<Word, "text">[]): readonly string[] {
  return words.flatMap(({ text }) => text.toLowerCase().split(/[^\w.+-]+/));
}

function unclear(text: string): ProgramUse {
  return risky(text, { trait: "unclear", why: "can't be read with certainty" });
}
