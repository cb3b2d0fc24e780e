import { randomInt } from "node:crypto";
import { digitsOf } from "./checked-groups.ts";

/** A group of a code that a person types from the paper: a mistake there is found now, and not when it is needed. */
export interface AskedGroup {
  /** 1, 2, …, as the page counts. */
  readonly at: number;
  readonly of: number;
  isRight(typed: string): boolean;
}

/** Two groups of a code by chance, in their order. */
export function askTwoGroups(code: string): readonly AskedGroup[] {
  const groups = code.split("-");
  const first = randomInt(groups.length);
  const second = (first + 1 + randomInt(groups.length - 1)) % groups.length;
  return [first, second]
    .sort((a, b) => a - b)
    .map((index) => ({
      at: index + 1,
      of: groups.length,
      isRight: (typed) => digitsOf(typed) === groups[index],
    }));
}
