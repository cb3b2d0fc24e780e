import type { Matcher, RedactedSpan } from "../redact/matcher.ts";
import { inManyPieces, type PieceSeen, type PieceWatch } from "./piece-watch.ts";
import type { RunMatcher } from "./run-matcher.ts";
import type { RunAlarm } from "./vault-access.ts";

/** Looks at what is redacted of one run: whether it was the whole environment, or a value in a form that hides it. */
export class RunWatch {
  /** For what the run prints: finds what the given one does, and tells nobody of the canary. */
  readonly matcher: Matcher;
  /** The same for files: programs pack and encode those for good reasons. */
  readonly fileMatcher: Matcher;
  readonly #run: Pick<RunMatcher, "canary" | "usual">;
  readonly #pieces: PieceWatch;
  readonly #evasive = new Set<string>();
  #dumped = false;

  constructor(run: Pick<RunMatcher, "canary" | "usual" | "pieceWatch">, matcher: Matcher) {
    this.#run = run;
    this.#pieces = run.pieceWatch();
    this.matcher = this.#watching(matcher, (span) => this.#seePrinted(span));
    this.fileMatcher = this.#watching(matcher, (span) => this.#seeCanary(span));
  }

  #watching(matcher: Matcher, see: (span: RedactedSpan) => void): Matcher {
    const isCanary = (name: string): boolean => name === this.#run.canary.name;
    return {
      weak: matcher.weak,
      redactor: (onSpan) => {
        const redactor = matcher.redactor((span) => {
          see(span);
          return onSpan?.({ ...span, names: span.names.filter((name) => !isCanary(name)) });
        });
        return {
          push: (bytes) => redactor.push(bytes),
          end: () => redactor.end(),
          get counts() {
            return new Map([...redactor.counts].filter(([name]) => !isCanary(name)));
          },
        };
      },
      wipe: () => matcher.wipe(),
    };
  }

  /** What it printed of values without the rest, for who counts them over several runs. */
  get pieces(): readonly PieceSeen[] {
    return this.#pieces.pieces;
  }

  /** undefined = nothing of this was seen. `split`: whose values the two streams showed together. */
  alarm(split: readonly string[] = []): RunAlarm | undefined {
    const evasive = [...new Set([...this.#evasive, ...split, ...inManyPieces(this.pieces)])].sort();
    return this.#dumped || evasive.length > 0 ? { dumped: this.#dumped, evasive } : undefined;
  }

  #seeCanary({ names }: RedactedSpan): void {
    if (names.includes(this.#run.canary.name)) this.#dumped = true;
  }

  #seePrinted(span: RedactedSpan): void {
    this.#seeCanary(span);
    const { bytes, names } = span;
    const { canary, usual } = this.#run;
    this.#pieces.see(bytes, names);
    if (usual.isUsual(bytes, names)) return;
    for (const name of names) if (name !== canary.name) this.#evasive.add(name);
  }
}
