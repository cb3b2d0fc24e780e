import { compileMatcher, type Matcher, type Redactor } from "../../redact/matcher.ts";
import type { NamedValue } from "../child-env.ts";

/** A matcher that also knows the passwords of a run's own proxies. They are of no use after the run, so none is wiped. */
export function alsoHiding(matcher: Matcher, credentials: readonly NamedValue[]): Matcher {
  if (credentials.length === 0) return matcher;
  const own = compileMatcher(credentials);
  return {
    weak: matcher.weak,
    redactor: (onSpan) => joinRedactors(matcher.redactor(onSpan), own.redactor()),
    wipe: () => matcher.wipe(),
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
