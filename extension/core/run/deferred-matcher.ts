import { unpooled, wipe } from "../crypto/wipe.ts";
import { compileMatcher, isWeak, type Matcher, type Redactor } from "../redact/matcher.ts";
import type { NamedValue } from "./child-env.ts";
import { PieceWatch, tokenLengths } from "./piece-watch.ts";
import { newCanary, type RunMatcher } from "./run-matcher.ts";
import { UsualForms } from "./usual-forms.ts";

/**
 * As `compileRunMatcher`, but made when the first byte is there to be searched, and then in one go: the command starts
 * at once, and one that prints nothing needs none. For a process of one run; an editor would wait. The values are kept
 * until then, as the tables are afterwards, and wiped with them. If it can't be made, the output is withheld.
 */
export async function deferRunMatcher(values: readonly NamedValue[]): Promise<RunMatcher> {
  const canary = newCanary(values.map(({ name }) => name));
  const kept = [...values, canary].map(({ name, value }) => ({ name, value: unpooled(value) }));
  const lengths = tokenLengths(values);
  let made: { readonly matcher: Matcher; readonly usual: UsualForms } | undefined;
  let isWiped = false;
  const make = () => {
    if (isWiped) throw new Error("This matcher was wiped.");
    if (made === undefined) {
      made = { matcher: compileMatcher(kept), usual: new UsualForms(kept) };
      wipe(...kept.map(({ value }) => value));
    }
    return made;
  };
  return {
    canary,
    weak: kept.filter(({ value }) => isWeak(value)).map(({ name }) => name),
    usual: { isUsual: (bytes, names) => make().usual.isUsual(bytes, names) },
    pieceWatch: () => new PieceWatch(lengths),
    redactor: (onSpan) => new DeferredRedactor(() => make().matcher.redactor(onSpan)),
    wipe: () => {
      isWiped = true;
      wipe(...kept.map(({ value }) => value));
      made?.matcher.wipe();
      made?.usual.wipe();
    },
  };
}

class DeferredRedactor implements Redactor {
  readonly #make: () => Redactor;
  #made: Redactor | undefined;

  constructor(make: () => Redactor) {
    this.#make = make;
  }

  push(bytes: Uint8Array): Uint8Array {
    this.#made ??= this.#make();
    return this.#made.push(bytes);
  }

  end(): Uint8Array {
    return this.#made?.end() ?? new Uint8Array();
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#made?.counts ?? new Map();
  }
}
