import { randomBytes } from "node:crypto";
import { mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Matcher, redactText } from "../../redact/matcher.ts";
import { VaultError } from "../../vault-error.ts";
import type { Environment, NamedValue } from "../child-env.ts";
import { AnswerWatch } from "./answer-watch.ts";
import { guardedLookup, type Resolve, resolveBySystem } from "./guarded-lookup.ts";
import { type HeldSecret, type PlaceholderReport, PlaceholderUse } from "./held-secret.ts";
import { makePlaceholder } from "./make-placeholder.ts";
import { DEFAULT_PLACES } from "./place.ts";
import { startPlaceholderProxy } from "./placeholder-proxy.ts";
import { requireAllowedHosts, requirePlaces, withoutHost } from "./require-rule.ts";
import { createRunCa } from "./run-ca.ts";
import { bundle, trustVariables, usualRoots } from "./trust.ts";
import { createUpstream } from "./upstream.ts";

export interface PlaceholderSecret extends NamedValue {
  /** At least one: `host` or `*.domain`, with `:port` if it isn't 443. */
  readonly allowedHosts: readonly string[];
  /** `header:authorization`, `query:key`, `body:auth.token`. Left out: the Authorization and X-API-Key headers. */
  readonly places?: readonly string[];
}

export interface PlaceholderOptions {
  /** Read before this resolves; the caller may wipe its values then. */
  readonly secrets: readonly PlaceholderSecret[];
  /** Of all the values of the run: what it finds in a response is masked. */
  readonly matcher: Matcher;
  /** The person's own proxy and certificates are found in it. */
  readonly parentEnv: Environment;
  /** The child is in a sandbox that has this proxy as its only way out. */
  readonly isSandboxed?: boolean;
  /** Certificates (PEM) to trust beside the usual ones, of hosts that a company or a test signs itself. */
  readonly trust?: readonly string[];
  readonly resolve?: Resolve;
  /** Where the run's own folder is made; the system's temporary folder by default. */
  readonly tmp?: string;
}

export interface Placeholders {
  /** To be laid over the child's environment: the placeholders, the proxy, and whom to trust. */
  readonly env: Readonly<Record<string, string>>;
  /** The proxy with its credentials. */
  readonly proxy: string;
  /** To be redacted too: who has it can use the proxy while the run lasts. */
  readonly credentials: readonly NamedValue[];
  report(): PlaceholderReport;
  /** Whether the proxy ended itself, because answers held parts of a value. */
  wasStopped(): boolean;
  /** Must be called when the run has ended: the values held here are wiped, and the certificate authority is gone. */
  close(): Promise<void>;
}

/**
 * Gives a run placeholders instead of values, and a proxy on loopback that puts the values in: over TLS that is
 * verified, towards each secret's hosts only, in the places that each secret allows. What comes back is masked.
 * Refuses with `argument-invalid` a secret without a usable host or place, before anything is started.
 */
export async function openPlaceholders(options: PlaceholderOptions): Promise<Placeholders> {
  const { matcher, parentEnv, isSandboxed = false, trust = [], resolve = resolveBySystem } = options;
  const secrets = options.secrets.map((secret) => hold(secret, matcher));
  const use = new PlaceholderUse();
  const watch = new AnswerWatch(matcher, secrets, () => use.stop(secrets.map(({ name }) => name)));
  const roots = [...usualRoots(parentEnv), ...trust];
  const upstream = createUpstream(parentEnv, roots, resolve);
  const token = randomBytes(24).toString("base64url");
  const ca = await createRunCa();
  const proxy = await startPlaceholderProxy({
    ...{ secrets, watch, upstream, use, ca, token, environment: parentEnv },
    ...(isSandboxed ? { lookup: guardedLookup(resolve) } : {}),
  });
  const folder = realpathSync(mkdtempSync(join(options.tmp ?? tmpdir(), "ov-trust-"))); // 0700
  const file = join(folder, "ca.pem");
  writeFileSync(file, bundle([ca.certificate, ...roots]), { mode: 0o600 });
  const url = `http://run:${token}@127.0.0.1:${proxy.port}`;
  return {
    env: {
      ...proxyVariables(url, parentEnv),
      ...trustVariables(file),
      ...Object.fromEntries(secrets.map(({ name, placeholder }) => [name, placeholder])),
    },
    proxy: url,
    credentials: [{ name: "OV_PROXY", value: Buffer.from(token) }],
    report: () => use.report(secrets),
    wasStopped: () => watch.isOver,
    close: async () => {
      await proxy.close();
      upstream.close();
      watch.wipe();
      for (const { value } of secrets) value.fill(0);
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    },
  };
}

function hold({ name, value, allowedHosts, places = DEFAULT_PLACES }: PlaceholderSecret, matcher: Matcher): HeldSecret {
  if (allowedHosts.length === 0) throw withoutHost(name);
  const text = textIn(name, value);
  return {
    ...{ name, hosts: requireAllowedHosts(name, allowedHosts), value: Uint8Array.from(value) },
    places: requirePlaces(name, places),
    // One that the redactor would hide could not be told apart in the output, nor used again from it.
    placeholder: makePlaceholder(text, (placeholder) => redactText(matcher, placeholder) === placeholder),
  };
}

function textIn(name: string, value: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(value);
  } catch {
    throw new VaultError(
      "value-invalid",
      `The value of ${name} is not UTF-8 text, so it can't stand in a request. Store it as base64, or leave it out with "secrets".`,
    );
  }
}

/**
 * Everything goes through our proxy, also what the person's NO_PROXY names, because that list may name an allowed
 * host; our proxy follows the list itself. Plain HTTP only where there was a proxy before.
 */
function proxyVariables(url: string, parentEnv: Environment): Record<string, string> {
  const had = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"].some((name) => (parentEnv[name] ?? "") !== "");
  return {
    ...{ HTTPS_PROXY: url, https_proxy: url, NO_PROXY: "", no_proxy: "" },
    ...(had ? { HTTP_PROXY: url, http_proxy: url, ALL_PROXY: url, all_proxy: url } : {}),
    // Node looks at these variables only if it is told to.
    NODE_USE_ENV_PROXY: "1",
  };
}
