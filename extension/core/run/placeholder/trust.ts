import { readFileSync } from "node:fs";
import * as tls from "node:tls";
import type { Environment } from "../child-env.ts";

/** Whom this run trusts without us: what its programs are told by variables, else the system, else Node's own list. */
export function usualRoots(environment: Environment): readonly string[] {
  const named = [...REPLACING, ...ADDING].flatMap((name) => certificatesIn(environment[name]));
  const replaced = REPLACING.some((name) => certificatesIn(environment[name]).length > 0);
  return [...new Set([...named, ...(replaced ? [] : systemRoots())])];
}

/** One file's text for programs that take one file instead of their own list. */
export function bundle(certificates: readonly string[]): string {
  return certificates.map((certificate) => `${certificate.trim()}\n`).join("");
}

/**
 * The variables that make the usual programs trust the bundle: Node; OpenSSL, Go (not on macOS), Ruby; Python's
 * requests; curl; git; the AWS tools; pip; Cargo; Deno; Nix; npm; gRPC; Google Cloud.
 */
export function trustVariables(path: string): Record<string, string> {
  return Object.fromEntries(TRUST_VARIABLES.map((name) => [name, path]));
}

const TRUST_VARIABLES = [
  ...["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO"],
  ...["AWS_CA_BUNDLE", "PIP_CERT", "CARGO_HTTP_CAINFO", "DENO_CERT", "NIX_SSL_CERT_FILE", "NPM_CONFIG_CAFILE"],
  ...["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE"],
];

/** These stand instead of a program's own list … */
const REPLACING = ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO", "AWS_CA_BUNDLE"];
/** … and this one beside it. */
const ADDING = ["NODE_EXTRA_CA_CERTS"];

function certificatesIn(path: string | undefined): readonly string[] {
  if (path === undefined || path === "") return [];
  try {
    return readFileSync(path, "latin1").match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  } catch {
    return []; // The programs of the run would not get far with it either.
  }
}

function systemRoots(): readonly string[] {
  // Not in every Node that this runs on, whatever its types say; named in the import, it would keep those from loading.
  const { getCACertificates } = tls as { getCACertificates?: (typeof tls)["getCACertificates"] };
  return [...(getCACertificates?.("system") ?? []), ...tls.rootCertificates];
}
