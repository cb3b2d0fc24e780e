import { z } from "zod";

/** The pieces that bodies and queries are made of. Each takes one spelling of a thing, and no other. */

export const id = z.string().regex(/^[0-9a-f]{32}$/);

export const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const counter = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** A number in a path or query: decimal digits, none of them a leading zero. */
export const number = z
  .string()
  .regex(/^(0|[1-9]\d{0,15})$/)
  .transform(Number)
  .refine(Number.isSafeInteger);

/** Bytes as base64url without padding, of so many bytes. */
export function bytes(least: number, most: number) {
  return z
    .string()
    .max(Math.ceil((most * 4) / 3) + 2)
    .regex(/^[A-Za-z0-9_-]*$/)
    .transform((text, context) => {
      const decoded = Buffer.from(text, "base64url");
      const isRight = decoded.length >= least && decoded.length <= most && decoded.toString("base64url") === text;
      if (!isRight) context.addIssue({ code: "custom", message: "not bytes of this length" });
      return decoded;
    });
}

/** A slot of a device: its id, and the secret that seals its calls. */
export const newDevice = z.strictObject({ id, secret: bytes(32, 32) });

export const loginVerifier = z.strictObject({
  salt: bytes(16, 16),
  profile: z.int().min(1).max(255),
  verifier: bytes(32, 32),
  recovery: bytes(32, 32).optional(),
});

export const recordRef = {
  item: id,
  version: counter.min(1),
  epoch: z.int().min(0).max(0xffff_ffff),
  hash,
};

/** An invite, and what its code proves it by. */
export const inviteProof = z.strictObject({ id, proof: bytes(32, 32) });
