import { isAscii, isUtf8 } from "node:buffer";
import { looksRandom } from "./dull.ts";
import { skeletonLength } from "./fold.ts";
import { decodeEscapes } from "./views/escapes.ts";
import { foldUnicode } from "./views/unicode.ts";

/** One thing to hide because a value has it: the value's text, its decoded bytes, the password in its URL … */
export interface ValuePart {
  readonly bytes: Uint8Array;
  /** Stretches that are public in every value of this kind, such as a PEM header: never a reason to redact. */
  readonly boilerplate: readonly (readonly [start: number, end: number])[];
}

const MAX_PARTS = 64;

export function valueParts(value: Uint8Array): readonly ValuePart[] {
  const parts = new Map<string, ValuePart>();
  const add = (bytes: Uint8Array): void => {
    if (bytes.length === 0 || parts.size >= MAX_PARTS) return;
    const key = Buffer.from(bytes).toString("latin1");
    if (!parts.has(key)) parts.set(key, { bytes, boilerplate: boilerplate(key) });
  };
  const trimmed = trim(Uint8Array.from(value));
  add(trimmed);
  addText(trimmed, add, 0);
  for (const wide of utf16(trimmed)) add(wide);
  return [...parts.values()];
}

type Add = (bytes: Uint8Array) => void;

const LONGEST_WIDE = 4096;

/** Of ASCII, UTF-16 is found by its letters; of other text it has other bytes. */
function utf16(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes.length > LONGEST_WIDE || isAscii(bytes) || !isUtf8(bytes)) return [];
  const little = Buffer.from(Buffer.from(bytes).toString("utf8"), "utf16le");
  return [Uint8Array.from(little), Uint8Array.from(little.swap16())];
}

function addText(bytes: Uint8Array, add: Add, depth: number): void {
  for (const variant of [decodeEscapes(bytes)?.bytes, foldUnicode(bytes)?.bytes]) {
    if (variant !== undefined && skeletonLength(variant) > 0) add(variant);
  }
  if (bytes.length > 1 << 16) return;
  const text = Buffer.from(bytes).toString("latin1");
  addDecoded(text, add);
  if (depth < 3) {
    addPem(text, add);
    addConnection(text, add, depth);
    addJson(bytes, text, add, depth);
  }
}

/** Quotes and white space around a value get lost on the way through a shell. */
function trim(bytes: Uint8Array): Uint8Array {
  const space = (byte: number | undefined): boolean => byte === 0x20 || (byte !== undefined && byte >= 9 && byte <= 13);
  let start = 0;
  let end = bytes.length;
  while (start < end && space(bytes[start])) start++;
  while (end > start && space(bytes[end - 1])) end--;
  const first = bytes[start];
  if (end - start > 2 && (first === 0x22 || first === 0x27) && bytes[end - 1] === first) {
    start++;
    end--;
  }
  return start === end ? bytes : bytes.subarray(start, end);
}

/** A key that is kept as hex or base64 is also its bytes. */
function addDecoded(text: string, add: Add): void {
  if (/^(?:0x)?[0-9a-fA-F]{16,}$/.test(text) && text.length % 2 === 0) add(Buffer.from(text.replace(/^0x/, ""), "hex"));
  else if (/^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/.test(text)) {
    add(Buffer.from(text.replaceAll("-", ""), "hex"));
  } else if (/^[A-Za-z0-9+/_-]{16,}={0,2}$/.test(text)) {
    const decoded = Buffer.from(text, "base64");
    if (decoded.length >= 12) add(decoded);
  }
}

function addPem(text: string, add: Add): void {
  for (const match of text.matchAll(/-----BEGIN [A-Z0-9 ]+-----([A-Za-z0-9+/=\s]+)-----END /g)) {
    add(Buffer.from(match[1]!, "base64"));
  }
}

const PASSWORD_FIELD =
  /(?:^|[;&?,\s])(?:\w*(?:password|passwd|pwd|secret|token|accountkey|accesskey|sharedaccesskey|apikey|api_key|signature|sig))\s*=\s*("[^"]+"|'[^']+'|[^;&,\s"']+)/gi;

function addConnection(text: string, add: Add, depth: number): void {
  const url = /^[A-Za-z][\w+.-]*:\/\/([^\s/?#@:]*):([^\s/?#@]+)@/.exec(text);
  if (url !== null) {
    const password = Buffer.from(url[2]!, "latin1");
    add(password);
    const decoded = decodeEscapes(password)?.bytes ?? password;
    add(decoded);
    add(Buffer.concat([Buffer.from(`${url[1]!}:`, "latin1"), decoded]));
  }
  for (const match of text.matchAll(PASSWORD_FIELD)) {
    const field = Buffer.from(match[1]!.replace(/^["']|["']$/g, ""), "latin1");
    if (field.length < 6) continue;
    add(field);
    if (depth < 2) addText(field, add, depth + 1);
  }
}

/** The secrets of a JSON key file are its unguessable leaves. */
function addJson(bytes: Uint8Array, text: string, add: Add, depth: number): void {
  if (!/^[{[]/.test(text)) return;
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return;
  }
  const visit = (key: string, node: unknown, level: number): void => {
    if (typeof node === "string") {
      const leaf = Buffer.from(node, "utf8");
      const secret = /pass|secret|token|key|credential|auth|signature/i.test(key) && !/^https?:/.test(node);
      if (leaf.length < 8 || !(looksRandom(leaf) || secret)) return;
      const inner = trim(leaf);
      add(inner);
      addText(inner, add, depth + 1);
    } else if (typeof node === "object" && node !== null && level < 8) {
      for (const [name, child] of Object.entries(node)) visit(Array.isArray(node) ? key : name, child, level + 1);
    }
  };
  visit("", parsed, 0);
}

const PUBLIC = [
  /-----(?:BEGIN|END) [A-Z0-9 ]+-----/g,
  /"[A-Za-z_][\w-]*"\s*:/g,
  /"(?:service_account|authorized_user)"/g,
  /https?:\/\/(?:[\w-]+\.)*(?:google|googleapis|microsoftonline|windows|amazonaws)\.[\w./-]+/g,
  /^ey[JA][A-Za-z0-9_-]*(?=\.ey)/g,
  /^(?:postgres(?:ql)?|mysql|mongodb(?:\+srv)?|redis|amqps?|https?):\/\//g,
  /\b(?:DefaultEndpointsProtocol=https|EndpointSuffix=core\.windows\.net|AccountName|AccountKey|SharedAccessKeyName|SharedAccessKey|RootManageSharedAccessKey)\b/g,
];

function boilerplate(text: string): (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  for (const pattern of PUBLIC) {
    for (const match of text.matchAll(pattern)) found.push([match.index, match.index + match[0].length]);
  }
  return found;
}
