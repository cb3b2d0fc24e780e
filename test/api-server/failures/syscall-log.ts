import { closeSync, openSync, readSync } from "node:fs";

/** What a process did to a file, in order. */
export type FileOp =
  | { readonly kind: "create"; readonly path: string; readonly at: number }
  | {
      readonly kind: "write";
      readonly path: string;
      readonly at: number;
      readonly offset: number;
      readonly bytes: Buffer;
    }
  | { readonly kind: "truncate"; readonly path: string; readonly at: number; readonly size: number }
  | { readonly kind: "remove"; readonly path: string; readonly at: number }
  | { readonly kind: "sync"; readonly path: string; readonly at: number };

/** What strace has to be told so that `readSyscallLog` can read it: these files only, all bytes, in hex, with times. */
export function straceArgs(log: string, paths: readonly string[]): string[] {
  const calls = "pwrite64,fsync,fdatasync,ftruncate,openat,unlink,rename,pwritev,writev,write";
  const only = paths.flatMap((path) => ["-P", path]);
  return ["strace", "-f", "-ttt", "-y", "-xx", "-s", "1048576", "-e", `trace=${calls}`, ...only, "-o", log];
}

/** Times are ms since 1970, of when a call began. Refuses what it doesn't know: a log that is half understood proves nothing. */
export function readSyscallLog(file: string): FileOp[] {
  const ops: FileOp[] = [];
  const halves = new Map<string, string>();
  for (const line of linesOf(file)) {
    const found = /^(\d+) +(\d+\.\d+) (.*)$/.exec(line);
    if (found === null) throw new Error("strace wrote a line that is not known.");
    const [, pid, seconds, rest] = found as unknown as [string, string, string, string]; // it matched
    if (rest.startsWith("+++") || rest.startsWith("---")) continue;
    if (rest.endsWith(" <unfinished ...>")) {
      halves.set(pid, rest.slice(0, -" <unfinished ...>".length));
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const call = resumed === null ? rest : (halves.get(pid) ?? "") + resumed[1];
    halves.delete(pid);
    const op = opOf(call, Number(seconds) * 1000);
    if (op !== undefined) ops.push(op);
  }
  return ops;
}

function opOf(call: string, at: number): FileOp | undefined {
  const [, name, args, result] = /^(\w+)\((.*)\) += (-?\d+)/.exec(call) ?? [];
  if (name === undefined || args === undefined) throw new Error(`strace wrote ${call.slice(0, 60)}.`);
  if (Number(result) < 0) return undefined;
  const path = unhex(/^(?:AT_FDCWD|\d+)<([^>]*)>/.exec(args)?.[1] ?? "").toString();
  switch (name) {
    case "pwrite64": {
      const [, hex, length, offset] = /, "([^"]*)", (\d+), (\d+)$/.exec(args) ?? [];
      const bytes = unhex(hex ?? "");
      if (bytes.length !== Number(length) || Number(result) !== bytes.length) throw new Error("A write was cut.");
      return { kind: "write", path, at, offset: Number(offset), bytes };
    }
    case "fsync":
    case "fdatasync":
      return { kind: "sync", path, at };
    case "ftruncate":
      return { kind: "truncate", path, at, size: Number(/, (\d+)$/.exec(args)?.[1]) };
    case "openat": {
      const opened = unhex(/, "([^"]*)"/.exec(args)?.[1] ?? "").toString();
      return args.includes("O_CREAT") ? { kind: "create", path: opened, at } : undefined;
    }
    case "unlink":
      return { kind: "remove", path: unhex(/"([^"]*)"/.exec(args)?.[1] ?? "").toString(), at };
    default:
      throw new Error(`A database does ${name}, which is not modelled here.`);
  }
}

function unhex(text: string): Buffer {
  return Buffer.from(text.replaceAll("\\x", ""), "hex");
}

/** A log may be longer than a string may be. */
function* linesOf(file: string): Generator<string> {
  const handle = openSync(file, "r");
  const chunk = Buffer.alloc(1 << 22);
  let rest = "";
  for (;;) {
    const length = readSync(handle, chunk);
    if (length === 0) break;
    const lines = (rest + chunk.toString("latin1", 0, length)).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  closeSync(handle);
}
