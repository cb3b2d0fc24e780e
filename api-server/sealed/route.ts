import { z } from "zod";
import type { Method } from "#core/crypto/ov-seal.ts";
import type { SeenCall } from "../storage/seen-calls.ts";

/** A call inside of the seal, as a handler gets it: everything in it was checked. */
export interface Call<Param extends string, Query, Body> {
  readonly params: Readonly<Record<Param, string>>;
  readonly query: Query;
  readonly body: Body;
  /** SHA-256 of the body as it came: the same write sent again is the same bytes. */
  readonly bodyHash: string;
  /** ms since 1970, by the server's clock. */
  readonly time: number;
  /** Aborted when the caller is gone, or the server stops. */
  readonly signal: AbortSignal;
  /** To be remembered by the first step of every transaction that changes something, which refuses a replay. */
  readonly once: SeenCall;
}

/** A device that proved itself by its secret. */
export interface Caller {
  readonly account: string;
  /** Or the token's id. */
  readonly device: string;
  /** A token reads these environments, and does nothing else. */
  readonly token?: { readonly environments: ReadonlySet<string> };
}

export interface Answer {
  readonly status: 200 | 201 | 204 | 304;
  readonly body?: object;
  /** In place of a body: NDJSON. */
  readonly lines?: readonly object[];
}

/** One operation of the API, and what the OpenAPI document says of it. */
export interface Route {
  readonly method: Method;
  /** Such as `/environments/:environment/heads/:counter`. */
  readonly path: string;
  readonly mode: "device" | "base";
  readonly summary: string;
  readonly query: z.ZodType;
  readonly body: z.ZodType | undefined;
  /** Tokens may call it. */
  readonly forTokens: boolean;
  /** It answers with lines. */
  readonly ndjson: boolean;
  handle(call: Call<string, unknown, unknown>, caller: Caller | undefined): Promise<Answer>;
}

interface Definition<Path extends string, Query, Body, From> {
  readonly method: Method;
  readonly path: Path;
  readonly summary: string;
  readonly forTokens?: true;
  readonly ndjson?: true;
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  handle(call: Call<ParamOf<Path>, Query, Body>, caller: From): Promise<Answer>;
}

/** For devices. */
export function deviceRoute<const Path extends string, Query = NoFields, Body = undefined>(
  definition: Definition<Path, Query, Body, Caller>,
): Route {
  return erased(definition, "device");
}

/** For who has no device yet. */
export function baseRoute<const Path extends string, Query = NoFields, Body = undefined>(
  definition: Definition<Path, Query, Body, undefined>,
): Route {
  return erased(definition, "base");
}

function erased<Path extends string, Query, Body, From>(
  definition: Definition<Path, Query, Body, From>,
  mode: Route["mode"],
): Route {
  const { method, path, summary, query = z.strictObject({}), body, forTokens = false, ndjson = false } = definition;
  // The router parses by these very schemas, and calls by this very mode.
  const handle = definition.handle as unknown as Route["handle"];
  return { method, path, mode, summary, query, body, forTokens, ndjson, handle };
}

type NoFields = Record<string, never>;

type ParamOf<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamOf<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;
