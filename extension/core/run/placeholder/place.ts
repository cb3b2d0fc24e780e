/** Where in a request a value may be put: a header, a parameter of the query, or a field of the body. */
export type Place =
  | { readonly kind: "header"; readonly name: string }
  | { readonly kind: "query"; readonly name: string }
  /** A JSON field by its path (`auth.token`; elements of an array count as one), or a field of a form. */
  | { readonly kind: "body"; readonly name: string };

/** `header:authorization`, `query:key` or `body:auth.token`. undefined = none of these. */
export function asPlace(text: string): Place | undefined {
  const match = /^(header|query|body):(.{1,200})$/.exec(text);
  if (match === null) return undefined;
  const kind = match[1] as Place["kind"]; // one of the three, by the pattern
  if (kind !== "header") return { kind, name: match[2]! };
  const name = match[2]!.toLowerCase();
  return /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) && !NEVER.has(name) ? { kind, name } : undefined;
}

/** What most interfaces take: a token or a password of Basic authentication, and the usual header for a key. */
export const DEFAULT_PLACES = ["header:authorization", "header:x-api-key"] as const;

/** Headers that decide where a request goes and where it ends. A value in them would change the request. */
const NEVER = new Set([
  ...["host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect"],
  ...["keep-alive", "proxy-authorization", "proxy-connection", "content-encoding", "content-type", "accept-encoding"],
]);
