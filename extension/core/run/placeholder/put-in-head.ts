import { fill, type Spot } from "./fill.ts";
import type { HeldSecret, PlaceholderUse } from "./held-secret.ts";

export type RawHeader = readonly [name: string, value: string];

/** The request's headers with values instead of placeholders, in the headers that each secret allows. */
export function putIntoHeaders(
  headers: readonly RawHeader[],
  secrets: readonly HeldSecret[],
  use: PlaceholderUse,
): readonly RawHeader[] {
  return headers.map(([name, value]) => {
    const spot: Spot = { kind: "header", name: name.toLowerCase(), where: `the header ${name.toLowerCase()}` };
    const direct = fill(value, spot, secrets, use, asHeaderText);
    const basic = direct === value ? credentialsOf(value) : undefined;
    if (basic === undefined) return [name, direct];
    const filled = fill(basic, spot, secrets, use);
    return [name, filled === basic ? value : `Basic ${Buffer.from(filled, "utf8").toString("base64")}`];
  });
}

/** The path and query, with values instead of placeholders in the parameters that each secret allows. */
export function putIntoQuery(target: string, secrets: readonly HeldSecret[], use: PlaceholderUse): string {
  const start = target.indexOf("?");
  const path = start < 0 ? target : target.slice(0, start);
  fill(path, { kind: "query", name: undefined, where: "the path of a URL" }, secrets, use);
  return start < 0 ? target : `${path}?${putIntoForm(target.slice(start + 1), secrets, "query", use)}`;
}

/** `a=1&b=2`, of a query or a body. Pairs without a placeholder stay byte for byte as they are. */
export function putIntoForm(
  text: string,
  secrets: readonly HeldSecret[],
  kind: "query" | "body",
  use: PlaceholderUse,
): string {
  const pairs = text.split("&").map((pair) => {
    const equals = pair.indexOf("=");
    const name = formDecoded(equals < 0 ? pair : pair.slice(0, equals));
    fill(name, { kind, name: undefined, where: `the name of a field of the ${kind}` }, secrets, use);
    if (equals < 0) return pair;
    const value = formDecoded(pair.slice(equals + 1));
    const filled = fill(value, { kind, name, where: `the field ${name} of the ${kind}` }, secrets, use);
    return filled === value ? pair : `${pair.slice(0, equals)}=${encodeURIComponent(filled)}`;
  });
  return pairs.join("&");
}

/** A value that can't stand in a header: it would end the header, and begin another one. */
export class UnfitForHeader extends Error {}

/** As bytes: Node writes a header's characters as Latin-1. */
function asHeaderText(value: string): string {
  const bytes = Buffer.from(value, "utf8").toString("latin1");
  if (/[^\t\x20-\x7e\x80-\xff]/.test(bytes)) throw new UnfitForHeader();
  return bytes;
}

function credentialsOf(header: string): string | undefined {
  const match = /^basic +([A-Za-z0-9+/_-]+={0,2})$/i.exec(header.trim());
  return match === null ? undefined : Buffer.from(match[1]!, "base64").toString("utf8");
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
