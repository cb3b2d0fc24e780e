import type { Matcher, Redactor } from "../../redact/matcher.ts";

/** Hides what either of them knows. Wiping is left to whoever made them. */
export function joinMatchers(one: Matcher, other: Matcher): Matcher {
  return {
    weak: one.weak,
    redactor: () => joinRedactors(one.redactor(), other.redactor()),
    wipe: () => undefined,
  };
}

function joinRedactors(one: Redactor, other: Redactor): Redactor {
  return {
    push: (bytes) => other.push(one.push(bytes)),
    end: () => {
      const last = other.push(one.end());
      return Buffer.concat([last, other.end()]);
    },
    get counts() {
      return new Map([...one.counts, ...other.counts]);
    },
  };
}
