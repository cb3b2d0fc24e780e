import { z } from "zod";
import type { Route } from "./sealed/route.ts";

/** OpenAPI 3.1 of the operations inside of the seal, made of the schemas that check them. */
export function openApiDocument(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "OpaqueVault ciphertext store",
      version,
      description: "Every operation is called inside of POST /v1/sealed (docs/transport.md), and none in the clear.",
    },
    paths,
  };
}

function operation({ path, summary, mode, query, body, ndjson }: Route): object {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    ...{ name, in: "path", required: true },
    schema: name === "counter" ? { type: "integer", minimum: 1 } : { type: "string", pattern: "^[0-9a-f]{32}$" },
  }));
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: "input" });
  const inQuery = Object.entries(properties).map(([name, schema]) => ({
    ...{ name, in: "query", required: required.includes(name), schema },
  }));
  return {
    summary,
    "x-ov-seal-mode": mode,
    parameters: [...inPath, ...inQuery],
    ...(body !== undefined && {
      requestBody: {
        required: true,
        content: { "application/json": { schema: z.toJSONSchema(body, { io: "input" }) } },
      },
    }),
    responses: {
      "2XX": { description: "Done.", ...(ndjson && { content: { "application/x-ndjson": {} } }) },
      default: { description: "RFC 9457 problem with a code.", content: { "application/problem+json": {} } },
    },
  };
}
