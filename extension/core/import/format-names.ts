/** Every format that `ov import` reads. Apart from the readers, so that the names cost a command line nothing. */
export const IMPORT_FORMAT_NAMES = [
  "dotenv",
  "json",
  "yaml",
  "doppler",
  "infisical",
  "1password",
  "aws",
  "vault",
  "bitwarden",
  "bws",
] as const;

export type ImportFormat = (typeof IMPORT_FORMAT_NAMES)[number];
