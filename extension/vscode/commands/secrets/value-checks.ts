import { isWeak } from "#core/redact/weak.ts";

/** Bytes of a value at most, as the vault has it. */
export const MAX_VALUE_BYTES = 65_536;

export type TypedProblem = "empty" | "too-long";
export type TypedWarning = "weak" | "outer-space";

/** Why what was typed can't be a value. */
export function typedProblem(text: string): TypedProblem | undefined {
  if (text === "") return "empty";
  return Buffer.byteLength(text) > MAX_VALUE_BYTES ? "too-long" : undefined;
}

/** What a person should know before they store what they typed. */
export function typedWarning(text: string): TypedWarning | undefined {
  if (text !== text.trim()) return "outer-space";
  return isWeak(Buffer.from(text, "utf8")) ? "weak" : undefined;
}

/** A copied token often brings its line's end along; several lines, such as a PEM key, are kept as they are. */
export function withoutOwnLineEnd(text: string): string {
  return /^[^\r\n]+(\r?\n)$/.test(text) ? text.replace(/\r?\n$/, "") : text;
}

export function lineCount(text: string): number {
  return text.replace(/\r?\n$/, "").split(/\r?\n/).length;
}

/** Words of a list that is typed with commas or spaces between them. */
export function asWords(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,]+/).filter((word) => word !== ""))];
}
