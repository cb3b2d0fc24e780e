import { randomUUID } from "node:crypto";
import { sha256 } from "../crypto/hash.ts";
import { wipe } from "../crypto/wipe.ts";
import {
  createApp,
  createEnvironment,
  deleteApp,
  deleteEnvironment,
  listApps,
  revisionOf,
  turnEnvironmentEpoch,
} from "../vault/apps.ts";
import { compareValues } from "../vault/compare-values.ts";
import { type Context, type ContextName, formatContext, type SecretName } from "../vault/context.ts";
import { changeSettings } from "../vault/environment-settings.ts";
import { everyEnvironment } from "../vault/every-environment.ts";
import type { Role } from "../vault/manifest.ts";
import { rotationsUnderWay } from "../vault/rotation-lookup.ts";
import { copySecrets } from "../vault/secret-copy.ts";
import { clearExposed } from "../vault/secret-exposure.ts";
import { listSecrets } from "../vault/secret-list.ts";
import { readSecrets, readVersion, secretHistory } from "../vault/secret-read.ts";
import {
  deleteSecret,
  purgeSecret,
  rename,
  rollbackSecret,
  undeleteSecret,
  writeDrafts,
} from "../vault/secret-write.ts";
import type { Session } from "../vault/session.ts";
import { catchUp } from "../vault/sharing/catch-up.ts";
import { makeInvite, withdrawInvite } from "../vault/sharing/invite.ts";
import { type JoinNames, takeInviteCode } from "../vault/sharing/join.ts";
import { listMembers } from "../vault/sharing/list-members.ts";
import { changeRole, leaveEnvironment, nameMember, removeMember } from "../vault/sharing/members.ts";
import { createToken, listTokens, type NewToken, revokeToken } from "../vault/sharing/tokens.ts";
import { isVaultError, VaultError } from "../vault-error.ts";
import { type Approval, Approvals, type Decision } from "./approvals.ts";
import { approveFiles } from "./approve-files.ts";
import { ApprovedWriters } from "./approved-writers.ts";
import type { AuditFilter } from "./audit/audit-filter.ts";
import { auditWhere } from "./audit/audit-where.ts";
import { readAudit } from "./audit/read-audit.ts";
import { Canaries } from "./canaries.ts";
import { exposeLeaked } from "./expose-leaked.ts";
import { IdleLock } from "./idle-lock.ts";
import { type Gate, gateLease, readPolicy } from "./lease-gate.ts";
import { NotedRedactor } from "./noted-redactor.ts";
import { PieceCount } from "./piece-count.ts";
import type { Policy } from "./policy.ts";
import { decodePolicy, encodePolicy } from "./policy-format.ts";
import { rotationSecrets } from "./rotation/rotation-lease.ts";
import type { RotationStep } from "./rotation/rotation-step.ts";
import { takeStep } from "./rotation/take-step.ts";
import { projectFileNews, rememberSeen } from "./seen-project-file.ts";
import type { NewInviteRequest } from "./sharing-access.ts";
import { TwoClocks } from "./two-clocks.ts";
import type {
  AlarmNotice,
  ApprovalRequest,
  Ask,
  AuditRecord,
  CanaryTrip,
  Lease,
  LeaseId,
  LeaseRequest,
  RedactedTexts,
  RunAlarm,
  RunOutcome,
  SecretDraft,
  SharedContext,
  VaultAccess,
  VaultStatus,
} from "./vault-access.ts";
import { stillVisible } from "./visible-text.ts";

export interface LocalAccessOptions {
  /** The session locks when nothing was asked of it for so long (ms). */
  readonly idleMs: number;
  /** Of a token: no person is there to be asked, and its making was the yes. */
  readonly isUnattended?: true;
  /** A clock (ms) that is never set; left out, the process's own. */
  readonly steady?: () => number;
  /** Called once, when the session was locked for whatever reason. */
  readonly onLock?: () => void;
  /** Called at once when a decoy was asked for, to tell the person. */
  readonly onCanary?: (trip: CanaryTrip) => void;
  /** Called when a run ended that printed what a person should know of. */
  readonly onAlarm?: (notice: AlarmNotice) => void;
}

/** The gate in front of an unlocked session of this process: approvals, audit, idle lock. */
export class LocalAccess implements VaultAccess {
  readonly #session: Session;
  readonly #options: LocalAccessOptions;
  readonly #approvals: Approvals;
  readonly #canaries: Canaries;
  readonly #writers = new ApprovedWriters();
  readonly #redactor: NotedRedactor;
  readonly #pieces = new PieceCount();
  readonly #idle: IdleLock;
  readonly #unlockedAt: number;
  readonly #leases = new Map<LeaseId, Held>();
  #wrongPasswords = 0;

  constructor(session: Session, options: LocalAccessOptions) {
    this.#session = session;
    this.#options = options;
    const clocks = new TwoClocks(session.deps.now, options.steady);
    this.#approvals = new Approvals(session.deps.now, options.steady);
    this.#canaries = new Canaries(session, this.#approvals, options.onCanary);
    this.#redactor = new NotedRedactor(session, clocks);
    this.#unlockedAt = clocks.now();
    this.#idle = new IdleLock({
      ...{ clocks, idleMs: options.idleMs, isBusy: () => this.#leases.size > 0 },
      look: () => void this.#catchUp(),
      lock: () => void this.lock(),
    });
  }

  async status(): Promise<VaultStatus> {
    const { location } = this.#session.deps.store;
    if (this.#session.locked) return { kind: "locked", location };
    const { directory } = await this.#session.account();
    return {
      kind: "unlocked",
      location,
      vaultId: this.#session.vaultId,
      unlockedAt: this.#unlockedAt,
      locksAt: this.#idle.locksAt,
      profile: this.#session.profile,
      apps: directory.apps.length,
      environments: directory.environments.length,
      ...(await sharedOf(this.#session)),
      pendingApprovals: this.#approvals.pending().length,
      approvals: this.#approvals.standing().length,
      canaryTrips: [...this.#canaries.trips],
    };
  }

  /** Not by `#used`: what looks every few seconds whether something changed must not keep the vault unlocked. */
  revision() {
    return revisionOf(this.#session);
  }

  apps() {
    return listApps(this.#used());
  }

  createApp(app: ContextName) {
    return createApp(this.#used(), app);
  }

  deleteApp(app: ContextName) {
    return deleteApp(this.#used(), app);
  }

  createEnvironment(context: Context) {
    return createEnvironment(this.#used(), context);
  }

  deleteEnvironment(context: Context) {
    return deleteEnvironment(this.#used(), context);
  }

  turnEpoch(context: Context) {
    return turnEnvironmentEpoch(this.#used(), context);
  }

  policy(context: Context) {
    return readPolicy(this.#used(), context);
  }

  async setPolicy(context: Context, policy: Policy, password: Uint8Array): Promise<void> {
    await this.prove(password);
    await changeSettings(this.#session, context, "policy", (before) => {
      // Rules of a newer version must not be lost by an older one.
      if (before !== undefined) decodePolicy(before);
      return encodePolicy(policy);
    });
  }

  list(context: Context, options: { readonly deleted?: boolean } = {}) {
    return listSecrets(this.#used(), context, options.deleted);
  }

  history(context: Context, name: SecretName) {
    return secretHistory(this.#used(), context, name);
  }

  async write(
    context: Context,
    mode: "create" | "update" | "upsert",
    secrets: readonly SecretDraft[],
    password?: Uint8Array,
  ) {
    if (password !== undefined) await this.prove(password);
    const names = secrets.map(({ name }) => name);
    const by = { mayWiden: password !== undefined, actor: this.#writers.take(context, names) };
    return writeDrafts(this.#used(), context, mode, secrets, by);
  }

  rename(context: Context, name: SecretName, to: SecretName) {
    return rename(this.#used(), context, name, to, this.#writers.take(context, [name]));
  }

  delete(context: Context, name: SecretName) {
    return deleteSecret(this.#used(), context, name, this.#writers.take(context, [name]));
  }

  undelete(context: Context, name: SecretName) {
    return undeleteSecret(this.#used(), context, name);
  }

  purge(context: Context, name: SecretName, keep?: number) {
    return purgeSecret(this.#used(), context, name, keep);
  }

  async clearExposed(context: Context, name: SecretName, password: Uint8Array): Promise<void> {
    await this.prove(password);
    await clearExposed(this.#session, context, name);
  }

  async rollback(context: Context, name: SecretName, version: number) {
    await this.#canaries.refuse([name], { client: "owner", action: "rollback", context });
    return rollbackSecret(this.#used(), context, name, version);
  }

  async copy(from: Context, names: readonly SecretName[], to: Context, password: Uint8Array): Promise<void> {
    await this.prove(password);
    await copySecrets(this.#session, from, names, to);
  }

  async compare(contexts: readonly Context[], password: Uint8Array, only?: SecretName) {
    await this.prove(password);
    return compareValues(this.#session, contexts, only);
  }

  rotations() {
    return rotationsUnderWay(this.#used());
  }

  rotate(step: RotationStep) {
    return takeStep(this.#used(), this, this.#canaries, step);
  }

  members(context: Context) {
    return listMembers(this.#used(), context);
  }

  async invite({ contexts, role, name }: NewInviteRequest, password: Uint8Array) {
    await this.prove(password);
    return makeInvite(this.#session, contexts, role, name);
  }

  withdrawInvite(id: string) {
    return withdrawInvite(this.#used(), id);
  }

  async acceptInvite(code: string, names: JoinNames, password: Uint8Array): Promise<void> {
    await this.prove(password);
    await takeInviteCode(this.#session, code, names);
  }

  /** Not by `#used`: it is asked for by what waits, and not by a person. */
  catchUp() {
    return catchUp(this.#session);
  }

  async setRole(context: Context, who: string, role: Role, password: Uint8Array): Promise<void> {
    await this.prove(password);
    await changeRole(this.#session, context, who, role);
  }

  nameMember(context: Context, who: string, name: string) {
    return nameMember(this.#used(), context, who, name);
  }

  async removeMember(context: Context, who: string, password: Uint8Array) {
    await this.prove(password);
    return removeMember(this.#session, context, who);
  }

  async leave(context: Context, password: Uint8Array) {
    await this.prove(password);
    return leaveEnvironment(this.#session, context);
  }

  async createToken(token: NewToken, password: Uint8Array): Promise<string> {
    await this.prove(password);
    return createToken(this.#session, token);
  }

  tokens() {
    return listTokens(this.#used());
  }

  revokeToken(which: string) {
    return revokeToken(this.#used(), which);
  }

  /** Resolve, judge, approve, decrypt: in this order, so that a refusal has read nothing. */
  async lease(asked: LeaseRequest, given?: Ask, signal: AbortSignal = new AbortController().signal): Promise<Lease> {
    const session = this.#used();
    const ask: Ask | undefined = this.#options.isUnattended ? async () => "once" : given;
    const { context, client } = asked;
    const gate = await this.#passGate(asked);
    const { names } = gate;
    const { runs: _, canConfine: __, canStandIn: ___, rotation, ...shown } = asked;
    const request = { ...shown, names, ...gate.shown };
    let wasAsked: boolean;
    try {
      wasAsked = await approveFiles(asked, request, ask, (one, asking) => this.#decide(one, asking, signal));
    } catch (error) {
      await this.#auditFailure(asked, names, error);
      throw error;
    }
    // A person takes minutes, in which the policy or a program's file may have become another.
    const { confinement } = wasAsked ? await this.#passGate({ ...asked, names }) : gate;
    const read = await this.#readAudited(session, asked, names);
    const secrets = [...read, ...(await rotationSecrets(session, rotation, context, read))];
    const id = randomUUID();
    this.#leases.set(id, { context, names, client });
    const versions = read.map((secret) => `${secret.name}@${secret.version}`);
    const of = rotation === undefined ? "" : `+${rotation.id}:${secrets.length}`;
    const fingerprint = `${session.vaultId}/${formatContext(context)}/${versions.join(",")}${of}`;
    return { id, secrets, fingerprint, ...(confinement === undefined ? {} : { confinement }) };
  }

  /** The disk writes the entry while the processor decrypts. No value leaves before both are done. */
  async #readAudited(session: Session, asked: LeaseRequest, names: readonly SecretName[]) {
    const { context } = asked;
    const [entry, secrets] = await Promise.allSettled([
      session.audit({ ...leaseBody(asked, names), outcome: "ok" }, context),
      readSecrets(session, context, names),
    ]);
    if (entry.status === "fulfilled" && secrets.status === "fulfilled") return secrets.value;
    if (secrets.status === "fulfilled") wipe(...secrets.value.map(({ value }) => value));
    if (entry.status === "rejected") throw entry.reason;
    const error: unknown = secrets.status === "rejected" ? secrets.reason : undefined;
    await this.#auditFailure(asked, names, error);
    throw error;
  }

  #auditFailure(asked: LeaseRequest, names: readonly SecretName[], error: unknown): Promise<void> {
    const outcome = isVaultError(error) ? error.code : "failed";
    return this.#session.audit({ ...leaseBody(asked, names), outcome }, asked.context);
  }

  async settle(id: LeaseId, outcome: RunOutcome): Promise<void> {
    const lease = this.#leases.get(id);
    if (lease === undefined || !this.#leases.delete(id) || this.#session.locked) return;
    // What runs for longer than the idle time is a use until its end.
    this.#idle.used();
    const { client, names, context } = lease;
    const exitCode = outcome.exitCode === undefined ? {} : { exitCode: outcome.exitCode };
    const { leakedFiles = 0 } = outcome;
    const left = leakedFiles === 0 ? "" : `, left values in ${leakedFiles} file${leakedFiles === 1 ? "" : "s"}`;
    const parts = outcome.stopped ? ", stopped because answers held parts of a value" : "";
    const told = outcome.outcome + left + parts + this.#alarm(lease, this.#pieces.alarm(lease, outcome));
    const body = { actor: client, action: "run-ended", names, outcome: told, ...exitCode } as const;
    // Somebody may be finding a value out, run by run: each further one is for a person to allow.
    if (outcome.stopped) this.#approvals.end("all");
    await exposeLeaked(this.#session, lease, outcome);
    await this.#session.audit(body, context);
  }

  /** Not by `#used`: an agent that reads files must not keep an idle vault unlocked. */
  async redact(client: string, texts: readonly string[], credentials = false): Promise<RedactedTexts> {
    if (this.#idle.isDue) await this.lock();
    return this.#redactor.redact(client, texts, credentials);
  }

  /** The next use in that environment is asked about again, and the person is told. Of the lease's own names only. */
  #alarm({ context, names, client }: Held, alarm: RunAlarm | undefined): string {
    if (alarm === undefined) return "";
    const evasive = names.filter((name) => alarm.evasive.includes(name));
    const { dumped } = alarm;
    const hasEnded = this.#approvals.endOf(context);
    this.#options.onAlarm?.({ client: stillVisible(client), context, dumped, evasive });
    return [
      dumped ? ", printed its environment" : "",
      evasive.length === 0 ? "" : `, printed ${evasive.join(" and ")} in disguise`,
      hasEnded ? ", its approvals ended" : "",
    ].join("");
  }

  async reveal(
    context: Context,
    name: SecretName,
    version: number | undefined,
    password: Uint8Array,
  ): Promise<Uint8Array> {
    // Before the password: who guesses at it trips the decoy too.
    await this.#canaries.refuse([name], { client: "owner", action: "reveal", context });
    await this.prove(password);
    const value = await readVersion(this.#session, context, name, version);
    await this.#session.audit({ actor: "owner", action: "reveal", names: [name], outcome: "ok" }, context);
    return value;
  }

  async prove(password: Uint8Array): Promise<void> {
    try {
      await this.#used().prove(password);
      this.#wrongPasswords = 0;
    } catch (error) {
      if (isVaultError(error, "wrong-password")) {
        const body = { actor: "owner", action: "unlock-failed", names: [], outcome: error.code } as const;
        if (!this.#session.locked) await this.#session.audit(body);
        if (++this.#wrongPasswords >= MAX_WRONG_PASSWORDS) await this.lock();
      }
      throw error;
    }
  }

  async approve(
    request: ApprovalRequest,
    ask?: Ask,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<void> {
    const session = this.#used();
    const body = { actor: request.client, action: "approve", names: request.names } as const;
    const { client, action, context } = request;
    await this.#canaries.refuse(request.names, { client, action, context });
    try {
      await this.#decide(request, ask, signal);
      await auditWhere(session, { ...body, outcome: `ok: ${request.action}` }, context);
      this.#writers.note(request);
    } catch (error) {
      await auditWhere(session, { ...body, outcome: isVaultError(error) ? error.code : "failed" }, context);
      throw error;
    }
  }

  async pending() {
    return this.#approvals.pending();
  }

  async approvals() {
    return this.#approvals.standing();
  }

  async answer(id: string, decision: Decision, password?: Uint8Array): Promise<void> {
    if (decision !== "deny") await this.#requirePassword(password);
    const request = this.#approvals.answer(id, decision);
    const outcome = typeof decision === "string" ? decision : `${decision.minutes} minutes`;
    const body = { actor: "owner", action: "approve", names: request.names, outcome } as const;
    await auditWhere(this.#session, body, request.context);
  }

  async preapprove(context: Context, minutes: number, password: Uint8Array): Promise<Approval> {
    await this.#requirePassword(password);
    const { policy } = await readPolicy(this.#session, context);
    if (policy.preset === "production") {
      throw new VaultError(
        "denied-by-policy",
        `The policy of ${formatContext(context)} wants every use to be asked about. Approve each run, or set another policy.`,
      );
    }
    const approval = this.#approvals.open(context, minutes);
    await this.#session.audit({ actor: "owner", action: "approve", names: [], outcome: `${minutes} minutes` }, context);
    return approval;
  }

  async endApproval(id: string | "all"): Promise<void> {
    this.#approvals.end(id);
    await this.#session.audit({ actor: "owner", action: "approve", names: [], outcome: "ended" });
  }

  audit(filter: AuditFilter = {}, signal?: AbortSignal): Promise<readonly AuditRecord[]> {
    return readAudit(this.#used(), filter, signal);
  }

  async lock(): Promise<void> {
    if (this.#session.locked) return;
    this.#idle.close();
    this.#session.lock();
    this.#redactor.close();
    this.#approvals.end("all");
    this.#options.onLock?.();
  }

  async #passGate(asked: LeaseRequest): Promise<Extract<Gate, { kind: "open" }>> {
    const { client, action, context } = asked;
    const gate = await gateLease(this.#session, asked);
    switch (gate.kind) {
      case "open":
        return gate;
      case "canary":
        throw await this.#canaries.tripped({ client, action, context, names: gate.names });
      case "denied":
        await this.#session.audit({ ...leaseBody(asked, gate.names), outcome: gate.error.code }, context);
        throw gate.error;
    }
  }

  /**
   * A project file that a person has seen before, in this state and place, needs no showing again; one that is gone is
   * told. Requests come from other processes too, so nothing in them is believed that could hide something.
   */
  async #decide(request: ApprovalRequest, ask: Ask | undefined, signal: AbortSignal): Promise<void> {
    const { projectFile, session, ...rest } = request;
    const { device } = this.#session.deps;
    const news = await projectFileNews(device, request);
    const gone = news.gone.map((path) => ({ kind: "project-file-gone", path }) as const);
    const shown = {
      ...rest,
      client: stillVisible(rest.client),
      command: stillVisible(rest.command),
      cwd: stillVisible(rest.cwd),
      // Requests that wait are shown to every process of this user, and who knows a session speaks for it.
      ...(session === undefined ? {} : { session: sha256(Buffer.from(session)).toString("hex") }),
      ...(rest.reason === undefined ? {} : { reason: stillVisible(rest.reason) }),
      ...(gone.length === 0 ? {} : { changes: [...gone, ...(rest.changes ?? [])] }),
      ...(news.unseen === undefined ? {} : { projectFile: news.unseen }),
    };
    await this.#approvals.decide(shown, ask, signal);
    await rememberSeen(device, projectFile, news);
  }

  async #requirePassword(password: Uint8Array | undefined): Promise<void> {
    if (password === undefined) throw new VaultError("person-required", "To approve, give the master password.");
    await this.prove(password);
  }

  #used(): Session {
    if (this.#idle.isDue) void this.lock();
    else this.#idle.used();
    return this.#session;
  }

  /** Whom a person has invited gets the keys without being asked for again, while this vault is unlocked. */
  async #catchUp(): Promise<void> {
    if (this.#session.locked || this.#session.deps.store.sharing === undefined) return;
    await this.catchUp().catch(() => {}); // the next time, or who asks for it, finds out why
  }
}

interface Held {
  readonly context: Context;
  readonly names: readonly SecretName[];
  readonly client: string;
}

function leaseBody({ client, action, command }: LeaseRequest, names: readonly SecretName[]) {
  return { actor: client, action, names, commandHash: sha256(Buffer.from(command)).toString("hex") };
}

const MAX_WRONG_PASSWORDS = 5;

async function sharedOf(session: Session): Promise<{ readonly shared?: readonly SharedContext[] }> {
  const { directory } = await session.account();
  if (directory.environments.every(({ shared }) => shared === undefined)) return {};
  const others = (await everyEnvironment(session)).filter(({ entry }) => entry.shared !== undefined);
  const shared = others.map(({ context, state }) => ({
    context,
    ...(state === undefined ? {} : { role: state.role }),
  }));
  return { shared };
}
