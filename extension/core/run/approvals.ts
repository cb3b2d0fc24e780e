import { randomBytes } from "node:crypto";
import { type Context, formatContext, isProduction } from "../vault/context.ts";
import { VaultError } from "../vault-error.ts";
import { type CommandChange, type CommandFiles, changesSince } from "./command-files.ts";
import { type Moment, TwoClocks } from "./two-clocks.ts";
import type { ApprovalRequest, Ask } from "./vault-access.ts";

/** What a person answers. "command" = this exact command for this session; minutes = this environment for a while. */
export type Decision = "deny" | "once" | "command" | { readonly minutes: number };

/** A standing approval. It ends at `expiresAt` (ms since 1970), with the session, or when a person ends it. */
export interface Approval {
  readonly id: string;
  readonly context: Context;
  /** undefined = every command of the environment. */
  readonly command?: string;
  readonly expiresAt?: number;
}

/** A request that nobody could be asked about, kept so that a person can answer it elsewhere. */
export interface PendingApproval {
  readonly id: string;
  readonly request: ApprovalRequest;
  readonly askedAt: number;
}

/** Standing approvals and pending requests of one unlocked session. Production asks every time. */
export class Approvals {
  readonly #clocks: TwoClocks;
  readonly #standing = new Map<string, Standing>();
  readonly #pending = new Map<string, PendingApproval & { readonly key: string; readonly began: Moment }>();
  /** Keys of requests that a person approved once, elsewhere, and that were not used yet. */
  readonly #once = new Map<string, Covered & { readonly began: Moment }>();
  /** Keys of requests that a person denied elsewhere: the next try is told so. */
  readonly #denied = new Map<string, Moment>();

  /** `now` is in ms since 1970; `steady` (ms) is never set back. */
  constructor(now: () => number, steady?: () => number) {
    this.#clocks = new TwoClocks(now, steady);
  }

  /** Resolves when a person has approved this request, now or before; else throws `denied-by-user` or `approval-required`. */
  async decide(request: ApprovalRequest, ask: Ask | undefined, signal: AbortSignal): Promise<void> {
    this.#expire();
    const key = keyOf(request);
    if (this.#covers(request, key)) return;
    if (this.#denied.delete(key)) throw denied(request);
    const shown = this.#withChanges(request);
    const decision = await ask?.(shown, signal);
    if (decision !== undefined) {
      for (const [id, pending] of this.#pending) if (pending.key === key) this.#pending.delete(id);
      return this.#apply(request, decision);
    }
    throw new VaultError("approval-required", this.#waitFor(shown, key));
  }

  /** Answers a pending request by its id. */
  answer(id: string, decision: Decision): ApprovalRequest {
    this.#expire();
    const pending = this.#pending.get(id);
    if (pending === undefined) {
      throw new VaultError("argument-invalid", `No request ${id} is waiting. See "ov approve" for those that are.`);
    }
    this.#pending.delete(id);
    if (decision === "deny") this.#denied.set(pending.key, this.#clocks.moment());
    else if (decision === "once" || asksEveryTime(pending.request)) {
      this.#once.set(pending.key, { ...coveredBy(pending.request), began: this.#clocks.moment() });
    } else this.#apply(pending.request, decision);
    return pending.request;
  }

  /** Approves every command of an environment for some minutes (1 to 480). */
  open(context: Context, minutes: number): Approval {
    if (isProduction(context)) {
      throw new VaultError(
        "denied-by-policy",
        `${formatContext(context)} is production, so every use is asked about. Approve each run, or use another environment.`,
      );
    }
    if (!Number.isInteger(minutes) || minutes < 1 || minutes > 480) {
      throw new VaultError("argument-invalid", "A time window is 1 to 480 whole minutes.");
    }
    return this.#add({ context, lastsMs: minutes * 60_000 });
  }

  pending(): readonly PendingApproval[] {
    this.#expire();
    return [...this.#pending.values()].map(({ id, request, askedAt }) => ({ id, request, askedAt }));
  }

  standing(): readonly Approval[] {
    this.#expire();
    return [...this.#standing.values()].map((standing) => this.#shown(standing));
  }

  end(id: string | "all"): void {
    if (id === "all") {
      this.#standing.clear();
      this.#once.clear();
    } else if (!this.#standing.delete(id)) {
      throw new VaultError("argument-invalid", `No approval ${id} is in force. See "ov approve --list".`);
    }
  }

  /** All that stands for an environment; true = there was something. */
  endOf(context: Context): boolean {
    const ended = [...this.#standing.values()].filter((one) => formatContext(one.context) === formatContext(context));
    for (const { id } of ended) this.#standing.delete(id);
    return ended.length > 0;
  }

  #covers(request: ApprovalRequest, key: string): boolean {
    if (this.#once.delete(key)) return true;
    if (isNews(request) || asksEveryTime(request)) return false;
    const context = formatContext(request.context);
    return [...this.#standing.values()].some(({ covers, ...approval }) => {
      if (formatContext(approval.context) !== context) return false;
      if (covers === undefined) return request.action === "run" || request.action === "shell";
      return covers.line === lineOf(request) && isSame(covers, request);
    });
  }

  /** A person who has approved this command is told why they are asked again. */
  #withChanges(request: ApprovalRequest): ApprovalRequest {
    const line = lineOf(request);
    const before = [...this.#standing.values()].map(({ covers }) => covers).concat([...this.#once.values()]);
    const found = before.flatMap((covers) => (covers?.line === line ? changesOf(covers, request) : []));
    const changes = new Map([...(request.changes ?? []), ...found].map((change) => [change.path, change]));
    return changes.size === 0 ? request : { ...request, changes: [...changes.values()].slice(0, MAX_CHANGES) };
  }

  #apply(request: ApprovalRequest, decision: Decision): void {
    if (decision === "deny") throw denied(request);
    if (decision === "once" || asksEveryTime(request)) return;
    if (decision === "command") {
      const { context, command } = request;
      const covers = coveredBy(request);
      for (const [id, standing] of this.#standing) if (standing.covers?.line === covers.line) this.#standing.delete(id);
      this.#add({ context, command, covers });
    } else {
      this.open(request.context, decision.minutes);
    }
  }

  #add(approval: Omit<Standing, "id" | "began">): Approval {
    const standing = { ...approval, id: newId(), began: this.#clocks.moment() };
    this.#standing.set(standing.id, standing);
    return this.#shown(standing);
  }

  #shown({ id, context, command, began, lastsMs }: Standing): Approval {
    return {
      id,
      context,
      ...(command === undefined ? {} : { command }),
      ...(lastsMs === undefined ? {} : { expiresAt: this.#clocks.end(began, lastsMs) }),
    };
  }

  #waitFor(request: ApprovalRequest, key: string): string {
    let pending = [...this.#pending.values()].find((other) => other.key === key);
    if (pending === undefined) {
      if (this.#pending.size >= MAX_PENDING) this.#pending.delete(this.#pending.keys().next().value!);
      pending = { id: newId(), request, askedAt: this.#clocks.now(), began: this.#clocks.moment(), key };
      this.#pending.set(pending.id, pending);
    }
    return `A person has to approve this use of ${formatContext(request.context)}, and nobody could be asked here. Have them run "ov approve ${pending.id}" in a terminal of their own, then try the same again.`;
  }

  #expire(): void {
    const lasted = (began: Moment, ms: number): boolean => this.#clocks.since(began) >= ms;
    for (const [id, { began, lastsMs }] of this.#standing)
      if (lastsMs !== undefined && lasted(began, lastsMs)) this.#standing.delete(id);
    for (const [id, { began }] of this.#pending) if (lasted(began, PENDING_MS)) this.#pending.delete(id);
    for (const [key, { began }] of this.#once) if (lasted(began, PENDING_MS)) this.#once.delete(key);
    for (const [key, began] of this.#denied) if (lasted(began, PENDING_MS)) this.#denied.delete(key);
  }
}

interface Standing extends Pick<Approval, "id" | "context" | "command"> {
  /** Left out: every command of the environment. */
  readonly covers?: Covered;
  readonly began: Moment;
  /** undefined = until the session ends. */
  readonly lastsMs?: number;
}

/** One command line, and what its words stood for when a person approved it. */
interface Covered {
  readonly line: string;
  readonly content: CommandFiles | undefined;
}

const PENDING_MS = 10 * 60_000;
const MAX_PENDING = 50;
const MAX_CHANGES = 8;

/** Everything a person saw, but the agent's words: another command, folder, client or set of names asks again. */
function keyOf(request: ApprovalRequest): string {
  const { content, projectFile, changes = [] } = request;
  const gone = changes.filter(({ kind }) => kind === "project-file-gone").map(({ path }) => path);
  return JSON.stringify([lineOf(request), content ?? "", projectFile?.hash ?? "", gone]);
}

/** Of all that, what a later request repeats. */
function lineOf({ action, client, session, context, names, command, cwd, surroundings }: ApprovalRequest): string {
  return JSON.stringify([
    action,
    client,
    session ?? "",
    formatContext(context),
    [...names].sort(),
    command,
    cwd,
    surroundings ?? "",
  ]);
}

function coveredBy(request: ApprovalRequest): Covered {
  return { line: lineOf(request), content: request.content };
}

/** What doesn't tell what it runs is never the same as what did. */
function isSame(covers: Covered, request: ApprovalRequest): boolean {
  if (covers.content === undefined || request.content === undefined) return covers.content === request.content;
  return changesOf(covers, request).length === 0;
}

function changesOf({ content }: Covered, request: ApprovalRequest): readonly CommandChange[] {
  if (content === undefined || request.content === undefined) return [];
  return changesSince(content, request.content, request.cwd);
}

/** What is new about a project file is shown first, whatever was approved before. */
function isNews({ projectFile, changes = [] }: ApprovalRequest): boolean {
  return projectFile !== undefined || changes.some(({ kind }) => kind === "project-file-gone");
}

/** By its name, or because the policy wants it so. */
export function asksEveryTime(request: Pick<ApprovalRequest, "context" | "everyTime">): boolean {
  return isProduction(request.context) || request.everyTime !== undefined;
}

function denied(request: ApprovalRequest): VaultError {
  return new VaultError(
    "denied-by-user",
    `A person refused this use of ${formatContext(request.context)}. Ask them before trying again.`,
  );
}

function newId(): string {
  return randomBytes(4).toString("hex");
}
