import { randomInt } from "node:crypto";
import { compileMatcherInTurns, type Matcher } from "../redact/matcher.ts";
import type { NamedValue } from "./child-env.ts";
import { PieceWatch, tokenLengths } from "./piece-watch.ts";
import { UsualForms } from "./usual-forms.ts";

/** A matcher for runs with the same secrets. */
export interface RunMatcher extends Matcher {
  /** A made-up variable that the matcher finds too: nothing uses it, so who prints it prints the environment. */
  readonly canary: NamedValue;
  readonly usual: Pick<UsualForms, "isUsual">;
  /** Of one run. */
  pieceWatch(): PieceWatch;
}

export async function compileRunMatcher(
  values: readonly NamedValue[],
  canary: NamedValue = newCanary(values.map(({ name }) => name)),
): Promise<RunMatcher> {
  const matcher = await compileMatcherInTurns([...values, canary]);
  const usual = new UsualForms([...values, canary]);
  const lengths = tokenLengths(values);
  return {
    ...{ weak: matcher.weak, redactor: matcher.redactor, canary, usual },
    pieceWatch: () => new PieceWatch(lengths),
    wipe: () => {
      matcher.wipe();
      usual.wipe();
    },
  };
}

/** With a name like those of others, and none of theirs. */
export function newCanary(taken: readonly string[]): NamedValue {
  for (;;) {
    const name = NAMES.map(one).join("_");
    if (taken.includes(name)) continue;
    return { name, value: Buffer.from(Array.from({ length: 32 }, () => one(SIGNS)).join("")) };
  }
}

function one<T>(choices: ArrayLike<T>): T {
  return choices[randomInt(choices.length)]!;
}

const NAMES = [
  ["SERVICE", "INTERNAL", "PLATFORM", "BACKEND", "GATEWAY", "CORE"],
  ["AUTH", "ACCESS", "API", "SESSION", "SIGNING", "CLIENT"],
  ["TOKEN", "KEY", "SECRET"],
] as const;
const SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
