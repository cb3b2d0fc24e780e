import { asSecretName, type SecretName } from "../vault/context.ts";
import { VaultError } from "../vault-error.ts";
import { asAllowedHost, formatAllowedHost } from "./placeholder/allowed-host.ts";
import {
  type AllowRule,
  type DenyRule,
  type NetworkRule,
  type Policy,
  PRESETS,
  type SandboxRule,
  TRAITS,
  type Trait,
  VERDICTS,
  type Verdict,
} from "./policy.ts";

/** The document that the vault keeps, and that `ov policy show --json` prints: `{"version": 1, "policy": {…}}`. */
export function encodePolicy(policy: Policy): Buffer {
  const bytes = Buffer.from(JSON.stringify({ version: VERSION, policy }), "utf8");
  if (bytes.length <= MAX_BYTES) return bytes;
  throw new VaultError("limit-exceeded", `The policy is larger than ${MAX_BYTES} bytes. Remove some of its rules.`);
}

/**
 * What the vault kept. Something in it that is unknown here was written by a newer OpaqueVault: `format-unsupported`,
 * because a rule that is ignored is a rule that is broken.
 */
export function decodePolicy(bytes: Uint8Array): Policy {
  return parseDocument(Buffer.from(bytes).toString("utf8"), () => newer());
}

/** A policy file that a person wrote: `argument-invalid`, with the place, for what is wrong in it. */
export function parsePolicyFile(text: string): Policy {
  const fail = (problem: string): VaultError =>
    new VaultError("argument-invalid", `The policy file is wrong: ${problem}. See "ov policy show --json".`);
  return parseDocument(text, fail, ["context", "is_default", "effective"]);
}

/** The same check for a policy that came as a value, such as from another process. */
export function asPolicy(value: unknown): Policy | undefined {
  try {
    return parsePolicy(value, (problem) => new VaultError("argument-invalid", problem));
  } catch {
    return undefined;
  }
}

const VERSION = 1;
const MAX_BYTES = 65_536;
const MAX_RULES = 1_000;
const MAX_TEXT = 4_096;

type Fail = (problem: string) => VaultError;

/** `told` = keys that only tell a reader what follows from the policy. */
function parseDocument(text: string, fail: Fail, told: readonly string[] = []): Policy {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fail("it is no JSON");
  }
  const document = asRecord(value, "it", fail);
  if (typeof document.version === "number" && document.version > VERSION) throw newer();
  if (document.version !== VERSION) throw fail(`"version" must be ${VERSION}`);
  onlyKeys(document, ["version", "policy", ...told], "it", fail);
  return parsePolicy(document.policy, fail);
}

function parsePolicy(value: unknown, fail: Fail): Policy {
  const { preset, verdicts, allow, deny, network, sandbox, ...unknown } = asRecord(value, "policy", fail);
  onlyKeys(unknown, [], "policy", fail);
  return {
    preset: oneOf(PRESETS, preset, "preset", fail),
    verdicts: parseVerdicts(verdicts ?? {}, fail),
    allow: asList(allow ?? [], "allow", fail).map((rule) => parseAllow(rule, fail)),
    deny: asList(deny ?? [], "deny", fail).map((rule) => parseDeny(rule, fail)),
    ...(network === undefined ? {} : { network: parseNetwork(network, fail) }),
    ...(sandbox === undefined ? {} : { sandbox: oneOf(SANDBOX, sandbox, "sandbox", fail) }),
  };
}

function parseVerdicts(value: unknown, fail: Fail): Partial<Record<Trait, Verdict>> {
  const verdicts: Partial<Record<Trait, Verdict>> = {};
  for (const [trait, verdict] of Object.entries(asRecord(value, "verdicts", fail))) {
    verdicts[oneOf(TRAITS, trait, "verdicts", fail)] = oneOf(VERDICTS, verdict, trait, fail);
  }
  return verdicts;
}

function parseAllow(value: unknown, fail: Fail): AllowRule {
  const { program, sha256, names, ...unknown } = asRecord(value, "a rule of allow", fail);
  onlyKeys(unknown, [], "a rule of allow", fail);
  const path = asText(program, "program", fail);
  // A bare name would allow whatever a project puts in front of the real program.
  if (!/^(\/|[A-Za-z]:[\\/])/.test(path)) throw fail(`allow: ${JSON.stringify(path)} must be an absolute path`);
  return {
    program: path,
    ...(sha256 === undefined ? {} : { sha256: asHash(sha256, fail) }),
    ...(names === undefined ? {} : { names: asList(names, "names", fail).map((name) => asName(name, fail)) }),
  };
}

function parseDeny(value: unknown, fail: Fail): DenyRule {
  const { program, sha256, ...unknown } = asRecord(value, "a rule of deny", fail);
  onlyKeys(unknown, [], "a rule of deny", fail);
  return {
    program: asText(program, "program", fail),
    ...(sha256 === undefined ? {} : { sha256: asHash(sha256, fail) }),
  };
}

function parseNetwork(value: unknown, fail: Fail): NetworkRule {
  if (typeof value === "string") return oneOf(NETWORK, value, "network", fail);
  return asList(value, "network", fail).map((host) => {
    const text = asText(host, "network", fail);
    const allowed = asAllowedHost(text);
    if (allowed === undefined) throw fail(`${JSON.stringify(text)} is no host`);
    return formatAllowedHost(allowed);
  });
}

const NETWORK = ["any", "none", "secret-hosts"] as const;
const SANDBOX = ["off", "required"] as const satisfies readonly SandboxRule[];

function asRecord(value: unknown, what: string, fail: Fail): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw fail(`${what} must be an object`);
  return value as Record<string, unknown>; // an object that is no array
}

function onlyKeys(record: Record<string, unknown>, known: readonly string[], what: string, fail: Fail): void {
  const key = Object.keys(record).find((found) => !known.includes(found));
  if (key !== undefined) throw fail(`${what} has the unknown key ${JSON.stringify(key.slice(0, 60))}`);
}

function asList(value: unknown, what: string, fail: Fail): readonly unknown[] {
  if (!Array.isArray(value)) throw fail(`${what} must be a list`);
  if (value.length > MAX_RULES) throw fail(`${what} has more than ${MAX_RULES} entries`);
  return value;
}

function asText(value: unknown, what: string, fail: Fail): string {
  if (typeof value === "string" && value.length > 0 && value.length <= MAX_TEXT && !value.includes("\0")) return value;
  throw fail(`${what} must be a text of 1 to ${MAX_TEXT} characters`);
}

function asHash(value: unknown, fail: Fail): string {
  if (typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) return value;
  throw fail("sha256 must be 64 hexadecimal digits in lower case");
}

function asName(value: unknown, fail: Fail): SecretName {
  const name = typeof value === "string" ? asSecretName(value) : undefined;
  if (name === undefined) throw fail("names must hold names of secrets");
  return name;
}

function oneOf<T extends string>(known: readonly T[], value: unknown, what: string, fail: Fail): T {
  const found = known.find((each) => each === value);
  if (found === undefined) throw fail(`${what} must be one of ${known.join(", ")}`);
  return found;
}

function newer(): VaultError {
  return new VaultError(
    "format-unsupported",
    "This policy was written by a newer OpaqueVault, and no rule of it may be ignored. Update OpaqueVault, then try again.",
  );
}
