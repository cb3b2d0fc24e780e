import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import { formatContext, type SecretName } from "../vault/context.ts";
import { VaultError } from "../vault-error.ts";
import { describeCommand } from "./command.ts";
import { type HeldLease, holdLease, outcomeOfError, type RunDeps } from "./held-lease.ts";
import { openHostedPty } from "./hosted-pty.ts";
import { findLeakedFiles, type LeakScan } from "./leaked-files.ts";
import type { PlaceholderReport } from "./placeholder/held-secret.ts";
import type { Pty, PtyOptions } from "./pty.ts";
import { RUN_VARIABLE } from "./run-marker.ts";
import { withLeaks } from "./run-with-secrets.ts";
import { Shell, type TypeOptions, type TypeResult } from "./shell.ts";
import { findShell, prepareShell } from "./shell-start.ts";
import type { Ask, LeaseRequest, RunAlarm } from "./vault-access.ts";

export interface ShellRequest extends Omit<LeaseRequest, "action" | "command" | "runs" | "canConfine" | "canStandIn"> {
  /** A name on the PATH or a full path; by default the person's shell. */
  readonly shell?: string;
  /** Absolute folders; `cwd` must lie in one of them. Left out: anywhere. */
  readonly allowedRoots?: readonly string[];
  readonly cols?: number;
  readonly rows?: number;
  /** Redacted bytes of the terminal from the first one on. */
  readonly onData?: (bytes: Uint8Array) => void;
  /** Called once, when the shell is gone and everything of it is closed. */
  readonly onEnd?: (exitCode: number | undefined, end: ShellEnd) => void;
}

export interface ShellEnd {
  /** The files in which it left values. */
  readonly leaked: LeakScan;
  /** Left out: nothing that a person should know of. */
  readonly alarm?: RunAlarm;
  /** What became of its placeholders; left out where there were none. */
  readonly placeholders?: PlaceholderReport;
}

export interface ShellInfo {
  readonly id: string;
  readonly shell: string;
  readonly cwd: string;
  readonly injected: readonly SecretName[];
  readonly weak: readonly string[];
}

/** The interactive shells of one process. Each holds a lease until it ends; an idle one is ended. */
export class ShellSessions {
  readonly #idleMs: number;
  readonly #openPty: (options: PtyOptions) => Promise<Pty>;
  readonly #open = new Map<string, OpenShell>();
  /** Of the shells that are open, and of those that ended last. */
  readonly #ends = new Map<string, Promise<ShellEnd>>();
  #opening = 0;
  #isHasty = false;

  constructor({ idleMs = 15 * 60_000, openPty = openHostedPty }: ShellSessionsOptions = {}) {
    this.#idleMs = idleMs;
    this.#openPty = openPty;
  }

  /** Asks for a lease with the action "shell", starts the shell, and waits for its first prompt. */
  async open(deps: RunDeps, request: ShellRequest, ask?: Ask, signal?: AbortSignal): Promise<ShellInfo> {
    if (this.#open.size + this.#opening >= MAX_SHELLS) {
      throw new VaultError("limit-exceeded", `${MAX_SHELLS} shells are open. Close one of them first.`);
    }
    this.#opening++;
    try {
      const { shell: wanted, cols = 120, rows = 40, onData, onEnd, ...rest } = request;
      const path = findShell(wanted, deps.parentEnv);
      const shown = { command: describeCommand([path]), runs: [path] };
      const lease = await holdLease(deps, { ...rest, ...shown, action: "shell" }, ask, signal);
      return await this.#start(lease, path, formatContext(request.context), { cols, rows }, onData, onEnd, signal);
    } finally {
      this.#opening--;
    }
  }

  /** Types into a shell and resolves with its redacted output. Without an input it only waits. */
  type(id: string, input: string | undefined, options?: TypeOptions, signal?: AbortSignal): Promise<TypeResult> {
    const open = this.#get(id);
    open.idle.refresh();
    // Not of one that ended meanwhile: refresh would bring its cleared timer back.
    return open.shell.type(input, options, signal).finally(() => this.#open.get(id)?.idle.refresh());
  }

  /** Keys of a person. */
  write(id: string, bytes: Uint8Array): void {
    const open = this.#get(id);
    open.idle.refresh();
    open.shell.write(bytes);
  }

  resize(id: string, cols: number, rows: number): void {
    this.#get(id).shell.resize(cols, rows);
  }

  /** Redacted bytes from now on; returns how to stop. */
  observe(id: string, listener: (bytes: Uint8Array) => void): () => void {
    return this.#get(id).shell.output.observe(listener);
  }

  list(): readonly ShellInfo[] {
    return [...this.#open.values()].map(({ info }) => info);
  }

  /** Resolves when no process of it lives, with what is to be told of it. */
  async close(id: string): Promise<ShellEnd> {
    await this.#get(id).close();
    return this.end(id);
  }

  /** What is to be told of a shell that has ended, by itself or by `close`. */
  async end(id: string): Promise<ShellEnd> {
    return (await this.#ends.get(id)) ?? { leaked: NOTHING_LOOKED_AT };
  }

  /** At lock, and at the end of the process: without looking at files, because keys wait for it. */
  async closeAll(): Promise<void> {
    this.#isHasty = true;
    await Promise.all([...this.#open.values()].map((open) => open.close()));
    this.#isHasty = false;
  }

  async #start(
    lease: HeldLease,
    path: string,
    label: string,
    size: { readonly cols: number; readonly rows: number },
    onData: ShellRequest["onData"],
    onEnd: ShellRequest["onEnd"],
    signal: AbortSignal | undefined,
  ): Promise<ShellInfo> {
    const nonce = randomBytes(16).toString("hex");
    let pty: Pty;
    let shell: Shell;
    const start = prepareShell(path, nonce, label);
    try {
      shell = new Shell(lease.matcher, start.hasMarks ? nonce : undefined);
      if (onData !== undefined) shell.output.observe(onData);
      const env = { ...lease.env, TERM: "xterm-256color", ...start.env, [RUN_VARIABLE]: lease.marker.variable };
      pty = await this.#openPty({
        file: path,
        args: start.args,
        cwd: lease.cwd,
        env,
        ...size,
        onData: (bytes) => shell.output.receive(bytes),
      });
      shell.attach(pty);
    } catch (error) {
      start.dispose();
      await lease.end(outcomeOfError(error));
      throw error;
    }
    const id = randomBytes(8).toString("hex");
    const info = { id, shell: basename(path), cwd: lease.cwd, injected: lease.names, weak: lease.matcher.weak };
    const beganAt = Date.now();
    const gone = pty.exit.then(async (exit): Promise<ShellEnd> => {
      clearTimeout(idle);
      shell.ended(exit);
      this.#open.delete(id);
      start.dispose();
      await shell.kill(lease.marker);
      const look = (): Promise<LeakScan> => findLeakedFiles(lease.cwd, beganAt, lease.fileMatcher);
      const leaked = this.#isHasty ? NOTHING_LOOKED_AT : await look();
      const { exitCode } = exit;
      const redactions = shell.output.redactionCount;
      const placeholders = lease.standIns.report();
      await lease.end(withLeaks({ exitCode, outcome: "ended", redactions }, leaked));
      const alarm = lease.alarm();
      const end: ShellEnd = {
        leaked,
        ...(alarm === undefined ? {} : { alarm }),
        ...(placeholders === undefined ? {} : { placeholders }),
      };
      onEnd?.(exitCode, end);
      return end;
    });
    const close = async (): Promise<void> => {
      await shell.kill(lease.marker);
      await gone;
    };
    this.#ends.set(id, gone);
    if (this.#ends.size > MAX_KEPT_ENDS) this.#ends.delete(this.#ends.keys().next().value!);
    const idle = setTimeout(() => void close(), this.#idleMs).unref();
    this.#open.set(id, { info, shell, idle, close });
    try {
      await shell.ready(FIRST_PROMPT_MS, signal);
    } catch (error) {
      await close();
      throw error;
    }
    start.dispose();
    return info;
  }

  #get(id: string): OpenShell {
    const open = this.#open.get(id);
    if (open !== undefined) return open;
    throw new VaultError("argument-invalid", "That shell has ended, or never was. Open a new one.");
  }
}

const MAX_SHELLS = 8;
const FIRST_PROMPT_MS = 10_000;
const MAX_KEPT_ENDS = 32;
const NOTHING_LOOKED_AT: LeakScan = { files: [], incomplete: "time" };

export interface ShellSessionsOptions {
  /** Shells in which nothing was typed for this long are ended; 15 minutes by default. */
  readonly idleMs?: number;
  readonly openPty?: (options: PtyOptions) => Promise<Pty>;
}

interface OpenShell {
  readonly info: ShellInfo;
  readonly shell: Shell;
  readonly idle: NodeJS.Timeout;
  close(): Promise<void>;
}
