import { isIP } from "node:net";

/** Where a secret may go: one host, or all below a domain; any port, or one. */
export interface AllowedHost {
  readonly name: string;
  /** Hosts below `name`, and not `name` itself. */
  readonly below: boolean;
  readonly port?: number;
}

/** `api.example.com`, `*.example.com`, `10.0.0.7`, `[::1]`, each with or without `:port`. undefined = none of these. */
export function asAllowedHost(text: string): AllowedHost | undefined {
  const match = /^(\*\.)?(\[[^\]]*\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text.trim());
  if (match === null) return undefined;
  const below = match[1] !== undefined;
  const name = canonicalHost(match[2]!);
  const port = match[3] === undefined ? undefined : Number(match[3]);
  if (name === undefined || (port !== undefined && (port < 1 || port > 65_535))) return undefined;
  // "*.com" is nobody's domain, and there are no addresses below an address.
  if (below && (isIP(name) !== 0 || !name.includes("."))) return undefined;
  return { name, below, ...(port === undefined ? {} : { port }) };
}

/** The text of a rule, in canonical form. */
export function formatAllowedHost({ name, below, port }: AllowedHost): string {
  return `${below ? "*." : ""}${isIP(name) === 6 ? `[${name}]` : name}${port === undefined ? "" : `:${port}`}`;
}

/** `host` in its canonical form. A rule without a port means `defaultPort`. */
export function isAllowed(rules: readonly AllowedHost[], host: string, port: number, defaultPort: number): boolean {
  return rules.some(
    (rule) => (rule.below ? host.endsWith(`.${rule.name}`) : host === rule.name) && port === (rule.port ?? defaultPort),
  );
}

/**
 * One spelling per host: lower case, ASCII, no final dot, addresses in full and IPv6 without brackets. So that what is
 * compared is what will be connected to: `127.1` and `0x7f.1` are 127.0.0.1.
 */
export function canonicalHost(text: string): string | undefined {
  if (text.length > 255 || /[\s/?#@\\%]/.test(text) || (text.includes(":") && !text.startsWith("["))) {
    return isIP(text) === 6 ? canonicalHost(`[${text}]`) : undefined;
  }
  if (!URL.canParse(`http://${text}/`)) return undefined;
  const { hostname, port } = new URL(`http://${text}/`);
  if (port !== "") return undefined;
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  return isIP(host) !== 0 || /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(host) ? host : undefined;
}

/** A name or address that says itself that it means this machine. */
export function isLoopbackName(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127\./.test(host);
}
