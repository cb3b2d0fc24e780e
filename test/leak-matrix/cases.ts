import { readFileSync } from "node:fs";
import { seeded } from "../../bench/redact-texts.ts";

export interface Fixture {
  readonly SECRET?: string;
  readonly SECRET2?: string;
  readonly SECRET_FILE_HEX?: string;
}

export interface LeakCase {
  readonly id: string;
  readonly group: string;
  readonly fixture: string;
  readonly expected: "must" | "should" | "cannot" | "allowed" | "unchanged";
  readonly command: string;
  readonly notes: string;
  readonly informational?: boolean;
  /** Must not stand in the output. */
  readonly forbid?: readonly string[];
  /** The output is cut here. */
  readonly cap?: number;
  /** Which other redactors hid it. */
  readonly measured?: { readonly caughtBy: readonly string[] };
}

export interface LeakMatrix {
  readonly fixtures: Readonly<Record<string, Fixture>>;
  readonly cases: readonly LeakCase[];
  /** Other redactors and their versions. */
  readonly peers: Readonly<Record<string, string>>;
}

export function leakMatrix(): LeakMatrix {
  // The file is ours; its shape is documented in its "about" key.
  return JSON.parse(readFileSync(new URL("leak-matrix.json", import.meta.url), "utf8")) as LeakMatrix;
}

/** Cases of our own with the same fixtures. */
export function moreCases(): readonly LeakCase[] {
  const text = readFileSync(new URL("more-cases.json", import.meta.url), "utf8");
  return (JSON.parse(text) as Pick<LeakMatrix, "cases">).cases; // ours, in the same format
}

/**
 * Another value of the same shape: what differs between the outputs of both depends on the secret. The same each time,
 * as the cases of property tests are: see fixed-seed.ts.
 */
export function alternate(fixture: Fixture): Fixture {
  const random = seeded(Number(process.env.SEED ?? 20_261_123));
  return Object.fromEntries(
    Object.entries(fixture).map(([key, text]) => [key, key === "note" ? text : otherOf(key, text, random)]),
  );
}

type Random = ReturnType<typeof seeded>;

function otherOf(key: string, text: string, random: Random): string {
  if (key === "SECRET_FILE_HEX" || /^[0-9a-f-]{20,}$/.test(text)) return shuffle(text, true, random);
  if (text.startsWith("{")) {
    return text.replace(/(?<="private_key_id": ")[0-9a-f]+/, (id) => shuffle(id, true, random)).replace(/(?<=KEY-----\\n)[^-]+/, (body) => pemBody(body, random));
  }
  if (text.startsWith("-----BEGIN")) return text.replace(/(?<=KEY-----\n)[^-]+/, (body) => pemBody(body, random));
  if (text.startsWith("postgres://")) return text.replace("Zx9%2FkQ7w%40Lm2", (password) => shuffle(password, false, random));
  return shuffle(text, false, random);
}

function pemBody(body: string, random: Random): string {
  return body.replace(/\\n|[A-Za-z0-9]/g, (part) => (part.length > 1 ? part : shuffle(part, false, random)));
}

function shuffle(text: string, hex: boolean, random: Random): string {
  return text.replace(/%[0-9A-F]{2}|[a-z]|[A-Z]|[0-9]/g, (char) => {
    if (char.length > 1) return char;
    const alphabet = hex ? "0123456789abcdef" : char >= "a" ? "abcdefghijklmnopqrstuvwxyz" : char >= "A" ? "ABCDEFGHIJKLMNOPQRSTUVWXYZ" : "0123456789";
    const others = alphabet.replace(char, "");
    return others[random(others.length)]!;
  });
}
