/**
 * For one call of node:crypto that takes a key's bytes: Node 24 finds out that they are no KeyObject by catching two
 * errors of its own, whose stack traces take three quarters of a cipher's start. Synchronous, so nobody else's errors lose
 * theirs.
 */
export function withoutStackTraces<T>(call: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return call();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
