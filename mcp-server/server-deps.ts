import type { LeakedFile } from "#core/run/leaked-files.ts";
import type { MatcherCache } from "#core/run/matcher-cache.ts";
import type { ShellInfo, ShellSessions } from "#core/run/shell-session.ts";
import type { Ask, VaultAccess } from "#core/run/vault-access.ts";
import type { Context, SecretName } from "#core/vault/context.ts";
import type { Forward } from "#mcp/attach.ts";
import type { Interceptor } from "#mcp/interceptor.ts";
import type { SuspendedCalls } from "#mcp/suspended-calls.ts";

/** What the server needs of the process it lives in. Built once, in the composition root. */
export interface ServerDeps {
  readonly version: string;
  /** The unlocked vault; undefined while it is locked or there is none to talk to. */
  access(): Promise<VaultAccess | undefined>;
  /** Hands a call to an unlocked agent, where there is one. */
  readonly forward?: Forward;
  /** Asks a person in this process's own way (a dialog); the client's form is tried when it finds nobody. */
  readonly newAsk?: (client: string) => Ask;
  /** A hidden prompt of this process for a new value; undefined = nobody there, or they closed it. */
  readonly askSecret?: AskSecret;
  /** Shows a person in which files a run left values, to open them or to rotate the secrets. */
  readonly onLeaked?: (leak: LeakNotice) => void;
  /** Shows a person the shell that a client is about to open, in a terminal that they can type in. */
  readonly watchShell?: (client: string) => ShellWatch;
  /** Where commands start, unless a client says otherwise. */
  readonly place: Place;
  readonly home: string;
  readonly userDefault?: { readonly app?: string; readonly environment?: string };
  readonly matchers: MatcherCache;
  readonly shells: ShellSessions;
  readonly interceptor: Interceptor;
  readonly suspended: SuspendedCalls;
  /** ms since 1970. */
  now(): number;
  /** The local log. Lines hold no arguments, output or values. */
  log(line: string): void;
}

/** Follows one shell, that perhaps nobody approves. */
export interface ShellWatch {
  /** Redacted bytes of its terminal, from the first one on. */
  onData(bytes: Uint8Array): void;
  /** It has its first prompt. */
  onOpen(shell: ShellInfo): void;
  onEnd(exitCode: number | undefined): void;
}

/** Paths are below `cwd`, with values in them redacted. */
export interface LeakNotice {
  readonly context: Context;
  readonly cwd: string;
  readonly files: readonly LeakedFile[];
}

/** A client's own folder and environment. */
export interface Place {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Random, and known to the process that serves the client: what it got an approval for, no other process did. */
  readonly session?: string;
  /** The folders that commands may run in and files may be read from; none = the folder of `cwd`. */
  readonly roots?: readonly string[];
}

export interface SecretQuestion {
  readonly context: Context;
  readonly name: SecretName;
  readonly client: string;
}

export type AskSecret = (question: SecretQuestion, signal: AbortSignal) => Promise<Uint8Array | undefined>;
