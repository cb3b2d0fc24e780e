import type { ComparedPlace, ComparedSecret } from "./compare-values.ts";
import { type Context, formatContext } from "./context.ts";

/** "decoy": one of the two at least, which is not looked at. */
export type PairState = "only-in-a" | "only-in-b" | "same" | "differs" | "decoy";

export interface ComparedPair {
  readonly state: PairState;
  readonly a: ComparedPlace | undefined;
  readonly b: ComparedPlace | undefined;
}

/** What became of one name that was compared in two environments. */
export function comparedPair({ places }: ComparedSecret, a: Context, b: Context): ComparedPair {
  const at = (context: Context) => places.find((place) => formatContext(place.context) === formatContext(context));
  const pair = { a: at(a), b: at(b) };
  return { ...pair, state: stateOf(pair) };
}

function stateOf({ a, b }: Pick<ComparedPair, "a" | "b">): PairState {
  if (b === undefined) return "only-in-a";
  if (a === undefined) return "only-in-b";
  if (a.group === undefined || b.group === undefined) return "decoy";
  return a.group === b.group ? "same" : "differs";
}
