import { keyBuffer, unpooled } from "../crypto/wipe.ts";
import { requireContext, requireSecretName } from "../vault/context.ts";
import { Reader, Writer } from "../vault/wire.ts";
import type { ExportedEnvironment, ExportedSecret } from "./exported-secret.ts";

/**
 * `u32 environments`, then for each `sized JSON of its context | u32 secrets`, then for each `sized JSON of its details |
 * sized value`; zeros up to a whole number of chunks. Values stay bytes. The result is the caller's to wipe.
 */
export function encodeEnvironments(environments: readonly ExportedEnvironment[], chunk: number): Buffer {
  const writer = new Writer().u32(environments.length);
  for (const { context, secrets } of environments) {
    writer.sized(json(context)).u32(secrets.length);
    for (const { value, ...details } of secrets) writer.sized(json(details)).sized(value);
  }
  const bytes = writer.finish();
  const body = keyBuffer(Math.max(1, Math.ceil(bytes.length / chunk)) * chunk);
  body.set(bytes);
  bytes.fill(0);
  return body;
}

/** Of an authenticated body. Names are checked all the same: another version may allow others. */
export function decodeEnvironments(body: Uint8Array): readonly ExportedEnvironment[] {
  const reader = new Reader(body, "The export");
  return Array.from({ length: reader.u32() }, () => {
    const { app, environment } = parse(reader.sized()) as { app: string; environment: string }; // checked right here
    const context = requireContext(app, environment);
    const secrets = Array.from({ length: reader.u32() }, (): ExportedSecret => {
      const details = parse(reader.sized()) as ExportedSecret; // authenticated, and written by encodeEnvironments
      return { ...details, name: requireSecretName(details.name), value: unpooled(reader.sized()) };
    });
    return { context, secrets };
  });
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value), "utf8");
}

function parse(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString("utf8"));
}
