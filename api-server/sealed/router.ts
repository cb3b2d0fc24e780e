import type { Method } from "#core/crypto/ov-seal.ts";
import { Problem } from "../problem.ts";
import type { Route } from "./route.ts";

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
}

/** Finds the operation of an inner path, and checks its ids and query. Refuses with `not_found` or `invalid`. */
export function router(routes: readonly Route[]): (method: Method, path: string) => Match {
  const known = new Map<string, { readonly route: Route; readonly parts: readonly string[] }[]>();
  for (const route of routes) {
    const parts = route.path.split("/");
    const same = shape(route.method, parts);
    known.set(same, [...(known.get(same) ?? []), { route, parts }]);
  }
  return (method, path) => {
    if (!/^\/[\x21-\x7e]{0,500}$/.test(path)) throw new Problem("invalid");
    const [name = "", search, ...rest] = path.split("?");
    if (rest.length > 0) throw new Problem("invalid");
    const parts = name.split("/");
    for (const { route, parts: pattern } of known.get(shape(method, parts)) ?? []) {
      const params = matched(pattern, parts);
      if (params !== undefined) return { route, params, query: parsedQuery(route, search) };
    }
    throw new Problem("not_found");
  };
}

/** Only a few operations have the same. */
function shape(method: Method, parts: readonly string[]): string {
  return `${method} ${parts.length}`;
}

/** Of a path with as many parts. */
function matched(pattern: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [at, piece] of pattern.entries()) {
    const part = parts[at]!;
    if (!piece.startsWith(":")) {
      if (part !== piece) return undefined;
      continue;
    }
    const name = piece.slice(1);
    const form = name === "counter" ? /^[1-9]\d{0,14}$/ : /^[0-9a-f]{32}$/;
    if (!form.test(part)) return undefined;
    params[name] = part;
  }
  return params;
}

function parsedQuery(route: Route, search: string | undefined): unknown {
  const query: Record<string, string> = Object.create(null);
  for (const [key, value] of new URLSearchParams(search ?? "")) {
    if (key in query) throw new Problem("invalid");
    query[key] = value;
  }
  const parsed = route.query.safeParse({ ...query });
  if (!parsed.success) throw new Problem("invalid");
  return parsed.data;
}
