import { type Context, formatContext } from "../vault/context.ts";
import { inManyPieces, type PieceSeen } from "./piece-watch.ts";
import type { RunAlarm, RunOutcome } from "./vault-access.ts";

/**
 * Counts the pieces of values that runs print, run after run: each right guess at the next letter is a new one. Four of one
 * value are an alarm, which ends what was approved for longer, so that a person is asked before the next one.
 */
export class PieceCount {
  /** By environment, since the last alarm in it. */
  readonly #seen = new Map<string, Map<string, PieceSeen>>();

  /** The run's own alarm, and what its pieces add. */
  alarm({ context }: { readonly context: Context }, { alarm, pieces = [] }: RunOutcome): RunAlarm | undefined {
    const place = formatContext(context);
    const seen = this.#seen.get(place) ?? new Map<string, PieceSeen>();
    for (const piece of pieces) if (seen.size < MOST) seen.set(`${piece.name} ${piece.hash}`, piece);
    this.#seen.set(place, seen);
    const many = inManyPieces(seen.values());
    if (many.length === 0) return alarm;
    this.#seen.delete(place);
    return { dumped: alarm?.dumped ?? false, evasive: [...new Set([...(alarm?.evasive ?? []), ...many])] };
  }
}

const MOST = 10_000;
