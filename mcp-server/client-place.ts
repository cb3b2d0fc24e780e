import { isAbsolute } from "node:path";
import type { ServerContext } from "@modelcontextprotocol/server";
import * as z from "zod";
import { VaultError } from "#core/vault-error.ts";
import type { Place } from "#mcp/server-deps.ts";

/** The `_meta` key in which a process that forwards calls says where its client works. */
export const PLACE_META_KEY = "opaquevault/place";

const absolute = z
  .string()
  .max(4096)
  .refine((path) => isAbsolute(path) && !path.includes("\0"));

const placeSchema = z.object({
  cwd: absolute,
  roots: z.array(absolute).max(100).optional(),
  session: z.string().max(64).optional(),
  environment: z.record(z.string().max(256), z.string().max(131_072)),
});

/** Where the client of this call works, if another process of ours says so, over our socket; else undefined. */
export function forwardedPlace(context: ServerContext): Place | undefined {
  const given = context.http?.req === undefined ? undefined : context.mcpReq._meta?.[PLACE_META_KEY];
  if (given === undefined) return undefined;
  const parsed = placeSchema.safeParse(given);
  if (!parsed.success) {
    throw new VaultError("argument-invalid", `${PLACE_META_KEY} is not what OpaqueVault sends. Update OpaqueVault.`);
  }
  const { cwd, roots, environment, session } = parsed.data;
  return {
    ...{ cwd, environment },
    ...(roots === undefined ? {} : { roots }),
    ...(session === undefined ? {} : { session }),
  };
}
