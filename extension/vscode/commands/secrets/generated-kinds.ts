import type { GenerateOptions } from "#mcp/generate-value.ts";

export type GeneratedKind =
  | "alphanumeric"
  | "symbols"
  | "readable"
  | "letters"
  | "digits"
  | "uuid"
  | "hex"
  | "base64"
  | "base64url"
  | "ed25519"
  | "p256"
  | "rsa";

interface Recipe {
  readonly options: GenerateOptions;
  /** Characters, random bytes or bits; the first is the usual one. None: the kind has one size. */
  readonly lengths: readonly number[];
}

/** What a person can have made. Each length makes at least 80 random bits. */
export const GENERATED_KINDS: Readonly<Record<GeneratedKind, Recipe>> = {
  alphanumeric: { options: { format: "text", alphabet: "alphanumeric" }, lengths: [32, 16, 24, 48, 64, 128] },
  symbols: { options: { format: "text", alphabet: "symbols" }, lengths: [32, 16, 24, 48, 64, 128] },
  readable: { options: { format: "text", alphabet: "readable" }, lengths: [32, 16, 24, 48, 64] },
  letters: { options: { format: "text", alphabet: "letters" }, lengths: [32, 16, 24, 48, 64, 128] },
  digits: { options: { format: "text", alphabet: "digits" }, lengths: [32, 48, 64] },
  uuid: { options: { format: "uuid" }, lengths: [] },
  hex: { options: { format: "hex" }, lengths: [32, 16, 24, 48, 64] },
  base64: { options: { format: "base64" }, lengths: [32, 16, 24, 48, 64] },
  base64url: { options: { format: "base64url" }, lengths: [32, 16, 24, 48, 64] },
  ed25519: { options: { format: "ed25519" }, lengths: [] },
  p256: { options: { format: "p256" }, lengths: [] },
  rsa: { options: { format: "rsa" }, lengths: [3072, 2048, 4096] },
};

export const KIND_NAMES = Object.keys(GENERATED_KINDS) as readonly GeneratedKind[]; // keys of a complete record
