import { isUtf8 } from "node:buffer";
import { visible } from "#core/run/visible-text.ts";

export type RevealedText =
  | { readonly kind: "text"; readonly shown: string }
  /** More than a dialog shows. */
  | { readonly kind: "long"; readonly lines: number }
  | { readonly kind: "binary" };

/** A value as a dialog can show it: nothing in it hides, and each line of it stands on one. */
export function revealText(value: Buffer): RevealedText {
  if (!isUtf8(value)) return { kind: "binary" };
  const lines = value.toString("utf8").split(/\r?\n/);
  const shown = lines.map((line) => line.split("\t").map(visible).join("\t")).join("\n");
  return lines.length > MAX_LINES || shown.length > MAX_CHARACTERS
    ? { kind: "long", lines: lines.length }
    : { kind: "text", shown };
}

const MAX_LINES = 40;
const MAX_CHARACTERS = 4000;
