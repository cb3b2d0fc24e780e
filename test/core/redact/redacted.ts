import {
  compileMatcher,
  type Matcher,
  type NamedValue,
  type RedactedSpan,
} from "../../../extension/core/redact/matcher.ts";

export function named(values: Readonly<Record<string, string | Uint8Array>>): NamedValue[] {
  return Object.entries(values).map(([name, value]) => ({ name, value: Buffer.from(value) }));
}

export function matcherOf(values: Readonly<Record<string, string | Uint8Array>>): Matcher {
  return compileMatcher(named(values));
}

/** `input` through one redactor, in chunks of the sizes that `next` gives. */
export function redacted(matcher: Matcher, input: Uint8Array | string, next: () => number = () => 1 << 30): Buffer {
  const bytes = typeof input === "string" ? Buffer.from(input) : input;
  const redactor = matcher.redactor();
  const out: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = Math.max(1, next());
    out.push(redactor.push(bytes.subarray(at, at + size)));
    at += size;
  }
  out.push(redactor.end());
  return Buffer.concat(out);
}

/** What was redacted in `input`, as one chunk. */
export function redactedSpans(matcher: Matcher, input: Uint8Array): readonly RedactedSpan[] {
  const spans: RedactedSpan[] = [];
  const redactor = matcher.redactor((span) => {
    spans.push(span);
    return undefined;
  });
  redactor.push(input);
  redactor.end();
  return spans;
}
