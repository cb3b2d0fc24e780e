import type { ComparedSecret } from "../vault/compare-values.ts";
import type { Context, ContextName, SecretName } from "../vault/context.ts";
import type { Role } from "../vault/manifest.ts";
import type { Exposure } from "../vault/secret-meta.ts";
import type { NewToken, TokenInfo } from "../vault/sharing/tokens.ts";
import type { Approval, Decision, PendingApproval } from "./approvals.ts";
import type { Anomaly } from "./audit/anomalies.ts";
import type { AuditFilter } from "./audit/audit-filter.ts";
import type { Command } from "./command.ts";
import type { CommandChange, CommandFiles } from "./command-files.ts";
import type { PieceSeen } from "./piece-watch.ts";
import type { Policy } from "./policy.ts";
import type { RotationInfo, RotationPlace, RotationStep } from "./rotation/rotation-step.ts";
import type { SharingAccess } from "./sharing-access.ts";

/**
 * What the command line and the MCP tools may ask of a vault. Two things implement it: `localAccess` over an unlocked
 * session of this process, and a client of another process's private socket. Values leave by `lease` and `reveal`
 * only: the first after an approval, the second after the master password. All times are ms since 1970.
 */
export interface VaultAccess extends SharingAccess {
  status(): Promise<VaultStatus>;
  /** Becomes another text with every write, of whatever process. Asking is no use of the vault: an idle one still locks. */
  revision(): Promise<string>;

  apps(): Promise<readonly AppInfo[]>;
  createApp(app: ContextName): Promise<void>;
  /** Refuses with `limit-exceeded` while the app still has environments. */
  deleteApp(app: ContextName): Promise<void>;
  /** Creates the app too, where there is none. */
  createEnvironment(context: Context): Promise<void>;
  deleteEnvironment(context: Context): Promise<void>;
  /** New keys for an environment; every secret is sealed again. */
  turnEpoch(context: Context): Promise<void>;

  /** What applies to the commands of an environment. Refuses with `format-unsupported` one that a newer version wrote. */
  policy(context: Context): Promise<PolicyInfo>;
  /** Needs the master password, whatever it changes: an agent must not loosen what holds it. */
  setPolicy(context: Context, policy: Policy, password: Uint8Array): Promise<void>;

  list(context: Context, options?: { readonly deleted?: boolean }): Promise<readonly SecretInfo[]>;
  history(context: Context, name: SecretName): Promise<readonly VersionInfo[]>;
  /**
   * Writes all of them as one step. `create` refuses names that exist, `update` names that don't. What hands a value to
   * more hosts or programs needs the master password, else it is refused with `person-required`: an allowed host that a
   * secret didn't have (a new one too, since a sandbox opens a host to all secrets of a run), another place, or the end
   * of placeholder mode.
   */
  write(
    context: Context,
    mode: "create" | "update" | "upsert",
    secrets: readonly SecretDraft[],
    password?: Uint8Array,
  ): Promise<readonly WrittenSecret[]>;
  rename(context: Context, name: SecretName, to: SecretName): Promise<void>;
  delete(context: Context, name: SecretName): Promise<void>;
  undelete(context: Context, name: SecretName): Promise<void>;
  /** Destroys a deleted secret, or with `keep` all but the newest versions of a live one. No way back. */
  purge(context: Context, name: SecretName, keep?: number): Promise<void>;
  /** Takes the mark off a value that was seen elsewhere; needs the master password, as only a person can judge that. */
  clearExposed(context: Context, name: SecretName, password: Uint8Array): Promise<void>;
  /** Makes an earlier version's value the newest one. */
  rollback(context: Context, name: SecretName, version: number): Promise<WrittenSecret>;

  /**
   * Copies secrets into another environment, whose policy may guard them less: so it takes the master password. Refuses
   * with `secret-exists` if one of the names is there. No value leaves the vault.
   */
  copy(from: Context, names: readonly SecretName[], to: Context, password: Uint8Array): Promise<void>;

  /** Rotations that were begun and have not ended. */
  rotations(): Promise<readonly RotationInfo[]>;
  /** One step of a rotation; undefined = it has ended. No value leaves the vault. */
  rotate(step: RotationStep): Promise<RotationInfo | undefined>;

  /**
   * Which values of the same name are equal, of all names or one. Needs the master password: equality tells of a value.
   */
  compare(contexts: readonly Context[], password: Uint8Array, only?: SecretName): Promise<readonly ComparedSecret[]>;

  /** Resolves, approves and decrypts for one run or shell. The caller ends it with `settle`, whatever happens. */
  lease(request: LeaseRequest, ask?: Ask, signal?: AbortSignal): Promise<Lease>;
  settle(lease: LeaseId, outcome: RunOutcome): Promise<void>;
  /** A person's own look at a value; asks the master password again, so no agent can call it. */
  reveal(context: Context, name: SecretName, version: number | undefined, password: Uint8Array): Promise<Uint8Array>;
  /** Throws `wrong-password` unless it is the master password: proof that a person is there. */
  prove(password: Uint8Array): Promise<void>;

  /**
   * Texts that an agent is about to read, with the vault's values hidden: of every environment, also of production and
   * of decoys. Nobody approves it, so it tells of no value whether a guess at it, or at a piece, is right; and it is no
   * use of the vault. Who hid what is in the audit log. `credentials`: what only looks like one is masked too.
   */
  redact(client: string, texts: readonly string[], credentials?: boolean): Promise<RedactedTexts>;

  /** Approves an action that shows or uses no value, such as a deletion that an agent asks for. */
  approve(request: ApprovalRequest, ask?: Ask, signal?: AbortSignal): Promise<void>;
  pending(): Promise<readonly PendingApproval[]>;
  approvals(): Promise<readonly Approval[]>;
  /** Answers a pending request; anything but "deny" needs the master password. */
  answer(id: string, decision: Decision, password?: Uint8Array): Promise<void>;
  /** Opens a time window ahead of any request. Never for production. */
  preapprove(context: Context, minutes: number, password: Uint8Array): Promise<Approval>;
  endApproval(id: string | "all"): Promise<void>;

  /** A token's text, which can't be had again: it reads the environments without a password, so it takes one. */
  createToken(token: NewToken, password: Uint8Array): Promise<string>;
  tokens(): Promise<readonly TokenInfo[]>;
  /** By its id or name. The environments get new keys. */
  revokeToken(which: string): Promise<TokenInfo>;

  /** Rejects with the signal's reason when it aborts. */
  audit(filter?: AuditFilter, signal?: AbortSignal): Promise<readonly AuditRecord[]>;
  lock(): Promise<void>;
}

export type VaultStatus =
  | { readonly kind: "absent"; readonly location: string }
  | { readonly kind: "locked"; readonly location: string }
  | {
      readonly kind: "unlocked";
      readonly location: string;
      readonly vaultId: string;
      readonly unlockedAt: number;
      /** When the session locks by itself if nothing is asked of it. */
      readonly locksAt: number;
      readonly profile: number;
      readonly apps: number;
      readonly environments: number;
      /** Those of the environments that are somebody else's; left out: none. */
      readonly shared?: readonly SharedContext[];
      readonly pendingApprovals: number;
      readonly approvals: number;
      /** Uses of decoys that were refused since the vault was unlocked, newest last; the audit log has all. */
      readonly canaryTrips: readonly CanaryTrip[];
    };

export interface SharedContext {
  readonly context: Context;
  /** Left out where this account may not read any more. */
  readonly role?: Role;
}

/** Somebody wanted to use a secret that nobody has a reason to use. */
export interface CanaryTrip {
  readonly time: number;
  readonly client: string;
  readonly action: ApprovalRequest["action"] | "reveal" | "rollback" | "rotate";
  readonly context: Context;
  readonly names: readonly SecretName[];
}

export interface PolicyInfo {
  readonly policy: Policy;
  /** Nobody has set one: it is the preset that goes with the environment's name. */
  readonly isDefault: boolean;
}

export interface AppInfo {
  readonly app: ContextName;
  readonly environments: readonly {
    readonly environment: ContextName;
    readonly secrets: number;
    readonly production: boolean;
    /** Others have its keys too, or it is somebody else's. */
    readonly shared?: true;
    /** This account's own; left out where it may not read any more. */
    readonly role?: Role;
  }[];
}

export interface SecretInfo {
  readonly name: SecretName;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly description: string;
  readonly tags: readonly string[];
  /** Since when the value is this one (`updatedAt` is of the newest version, also of one that only says more of it). */
  readonly valueSince?: number;
  /** Days after which a new value is due, counted from `valueSince`: see `rotationDueAt`; undefined = never. */
  readonly rotateAfterDays?: number;
  /** The value was seen where it may be read, such as in a file that a run left. It needs a new one. */
  readonly exposed?: Exposure;
  readonly allowedHosts: readonly string[];
  /** Programs get a placeholder, and the value stands in these places of requests only; undefined = off. */
  readonly placeholder?: readonly string[];
  /** Too short or too common for redaction to hide everywhere. */
  readonly weak: boolean;
  readonly deleted: boolean;
  /** A decoy: every use of it is refused, audited and shown. */
  readonly canary: boolean;
  /** The last lease that held it, by this device's audit chain. */
  readonly lastUsedAt?: number;
}

export interface VersionInfo {
  readonly version: number;
  readonly createdAt: number;
  readonly author: string;
  readonly current: boolean;
}

export interface SecretDraft {
  readonly name: SecretName;
  /** 1 to 65,536 bytes. Left out on update: only the metadata changes, and the value stays. */
  readonly value?: Uint8Array;
  readonly description?: string;
  readonly tags?: readonly string[];
  /** null removes it. */
  readonly rotateAfterDays?: number | null;
  /** `api.example.com`, `*.example.com` or an address, each with or without a port. All of them, not those to add. */
  readonly allowedHosts?: readonly string[];
  /** Placeholder mode: `header:x-api-key` and the like; an empty list = as before, else the usual ones; null = off. */
  readonly placeholder?: readonly string[] | null;
  /** Makes it a decoy for good: there is no false, so nobody can turn one back into a secret without notice. */
  readonly canary?: true;
}

export interface WrittenSecret {
  readonly name: SecretName;
  readonly version: number;
  readonly weak: boolean;
}

/** What a person sees before they say yes. */
export interface ApprovalRequest {
  readonly action: "run" | "shell" | "write" | "delete";
  /** The program that asks, as it names itself, such as "claude-code 2.1" or "ov run". */
  readonly client: string;
  /** The client's connection, by what only its process knows: an approval of a command is of one. Left out: of any. */
  readonly session?: string;
  readonly context: Context;
  readonly names: readonly SecretName[];
  /** The exact command or action, as one line. */
  readonly command: string;
  readonly cwd: string;
  /**
   * SHA-256 (hex) of the variables that the command inherits: under another PATH or proxy the same words are another
   * command, which no approval covers.
   */
  readonly surroundings?: string;
  /** The agent's own words; shown as such. */
  readonly reason?: string;
  /** What the command's words stand for: an approval of the command is of these. */
  readonly content?: CommandFiles;
  /** What became another since a person approved or saw it. */
  readonly changes?: readonly CommandChange[];
  /** The `.ov.yaml` of the folder, as no person has seen it yet. */
  readonly projectFile?: { readonly path: string; readonly text: string; readonly hash: string };
  /** The policy wants this to be asked about each time: no standing approval covers it, and none comes of it. */
  readonly everyTime?: {
    readonly warnings: readonly string[];
    /** What each warning is made of, in the same order, for those who tell it in another language. */
    readonly rules?: readonly { readonly program: string; readonly rule: string }[];
  };
  /** Of `names`, those that the command gets only as a placeholder. Left out: none. */
  readonly placeholders?: readonly PlaceholderNotice[];
}

export interface LeaseRequest
  extends Omit<ApprovalRequest, "action" | "names" | "everyTime" | "placeholders" | "content" | "changes"> {
  readonly action: "run" | "shell";
  /** undefined = every secret of the context, but decoys and what the policy keeps from its programs. */
  readonly names?: readonly SecretName[];
  /** Adds the old and the new value of a rotation, as OV_OLD_VALUE and OV_NEW_VALUE. */
  readonly rotation?: RotationPlace;
  /** What `command` shows, for the policy, and the PATH that it will have. Left out, the policy takes it as unclear. */
  readonly runs?: { readonly command: Command; readonly searchPath?: string };
  /** The caller does what the lease's `confinement` says. Left out, a policy that needs it refuses. */
  readonly canConfine?: boolean;
  /** The caller gives its command placeholders where the lease says so. Left out, such secrets are refused. */
  readonly canStandIn?: boolean;
}

/** The only hosts that the run may reach, in a sandbox without which it may not begin. */
export interface Confinement {
  readonly hosts: "any" | readonly string[];
}

export type LeaseId = string;

/** A secret whose value a command never holds, and the hosts that it may go to. */
export interface PlaceholderNotice {
  readonly name: SecretName;
  readonly allowedHosts: readonly string[];
}

/** Of a secret that a command must not hold: the hosts that its value may go to, and the places in a request. */
export interface PlaceholderRule {
  readonly allowedHosts: readonly string[];
  readonly places: readonly string[];
}

export interface LeasedSecret {
  readonly name: SecretName;
  readonly value: Uint8Array;
  /** The command gets a placeholder instead. */
  readonly placeholder?: PlaceholderRule;
}

export interface Lease {
  readonly id: LeaseId;
  readonly secrets: readonly LeasedSecret[];
  /** Equal for equal names and versions, so that a redactor built for one lease may serve the next. */
  readonly fingerprint: string;
  readonly confinement?: Confinement;
}

export interface RedactedTexts {
  /** In their order; null = nothing to hide in it. */
  readonly texts: readonly (string | null)[];
  /** Environments that can't be read at the moment: their values are not hidden. */
  readonly unreadable: readonly string[];
}

export interface RunOutcome {
  readonly exitCode: number | undefined;
  readonly outcome: "ended" | "timed-out" | "cancelled" | "failed";
  readonly redactions: number;
  /** How many files the run left values in, and of which secrets: those are marked as exposed. */
  readonly leakedFiles?: number;
  readonly leakedNames?: readonly string[];
  /** Its placeholders' proxy ended itself, because answers held parts of a value. */
  readonly stopped?: true;
  /** Left out: none. It ends what was approved for longer in that environment. */
  readonly alarm?: RunAlarm;
  /** What it printed of values without the rest: many different pieces, over several runs, are such an alarm too. */
  readonly pieces?: readonly PieceSeen[];
}

/** What a run printed, or left in a file, that a person should know of although it was redacted. */
export interface RunAlarm {
  /** All of the environment. */
  readonly dumped: boolean;
  /** Secrets that it printed in a form that hides a value from a simple look, such as reversed, or in many pieces: hardly an accident. */
  readonly evasive: readonly string[];
}

/** The same, for the person. */
export interface AlarmNotice extends RunAlarm {
  readonly client: string;
  readonly context: Context;
}

/** Asks a person, and resolves to undefined when nobody can be asked. Rejects only if `signal` aborts. */
export type Ask = (request: ApprovalRequest, signal: AbortSignal) => Promise<Decision | undefined>;

export interface AuditRecord {
  readonly device: string;
  readonly seq: number;
  readonly time: number;
  /** Who, where it is another member of a shared environment. */
  readonly member?: string;
  readonly actor: string;
  readonly action: string;
  readonly context?: string;
  readonly names: readonly string[];
  readonly commandHash?: string;
  readonly exitCode?: number;
  readonly outcome: string;
  /** Left out: nothing is unusual, or nobody asked. */
  readonly anomalies?: readonly Anomaly[];
}
