/** What goes between the approvals view and the extension. Neither side trusts the other's word for more than this. */

export type Answer = "deny" | "once" | "command" | { readonly minutes: number };

/** A request for approval; every text is safe to show as it is, as text. */
export interface RequestCard {
  readonly id: string;
  readonly action: "run" | "shell" | "write" | "delete";
  readonly context: string;
  readonly isProduction: boolean;
  readonly client: string;
  readonly command: string;
  readonly folder: string;
  readonly names: readonly string[];
  /** Of the names, those that the command gets only as a placeholder, each with where its value goes. */
  readonly placeholders: readonly { readonly name: string; readonly hosts: string }[];
  /** The agent's own words. */
  readonly reason?: string;
  readonly warnings: readonly string[];
  /** A `.ov.yaml` that nobody has seen in this state yet. */
  readonly projectFile?: { readonly path: string; readonly lines: readonly string[] };
  /** ms since 1970. */
  readonly expiresAt: number;
  readonly answers: readonly Answer[];
}

/** An approval that stands. */
export interface StandingCard {
  readonly id: string;
  readonly context: string;
  /** Left out: every command of the environment. */
  readonly command?: string;
  /** ms since 1970; left out: until the vault locks. */
  readonly expiresAt?: number;
}

export type ToApprovals = {
  readonly kind: "show";
  readonly requests: readonly RequestCard[];
  readonly standing: readonly StandingCard[];
};

export type FromApprovals =
  | { readonly kind: "ready" }
  | { readonly kind: "answer"; readonly id: string; readonly answer: Answer }
  | { readonly kind: "end"; readonly id: string }
  | { readonly kind: "deny-all-and-lock" };

/** The view's texts, translated by the extension. */
export interface ApprovalTexts {
  readonly actions: Readonly<Record<RequestCard["action"], string>>;
  readonly answers: {
    readonly deny: string;
    readonly once: string;
    readonly command: string;
    readonly minutes: string;
    readonly hour: string;
  };
  readonly labels: {
    readonly command: string;
    readonly folder: string;
    readonly secrets: string;
    readonly placeholders: string;
    readonly client: string;
    readonly reason: string;
    readonly production: string;
    readonly projectFile: string;
    /** How far the answers reach that are for more than this once. */
    readonly reach: string;
    readonly left: string;
    readonly standing: string;
    readonly allCommands: string;
    readonly untilLock: string;
    readonly end: string;
    readonly denyAll: string;
    readonly nothing: string;
    readonly none: string;
  };
}
