import { VaultError } from "../vault-error.ts";

export interface TypedLine {
  readonly text: string;
  /** Press Enter after it. */
  readonly enter: boolean;
}

/** The lines of an input. Enter follows the last one too, unless it ends with a control character such as Ctrl-C. */
export function typedLines(input: string, enter: boolean | undefined): TypedLine[] {
  const endsLine = input.endsWith("\n");
  const texts = input.replace(/\r?\n$/, "").split(/\r?\n/);
  if (texts.some((text) => Buffer.byteLength(text) > MAX_LINE)) {
    throw new VaultError(
      "argument-invalid",
      `A line of the input is longer than ${MAX_LINE.toLocaleString("en")} bytes, which terminals cut off. Put it into a file instead.`,
    );
  }
  const last = enter ?? (endsLine || !/[\u0000-\u001f\u007f]$/.test(input));
  return texts.map((text, index) => ({ text, enter: index < texts.length - 1 || last }));
}

/** A terminal in line mode takes 4,096 bytes at most. */
const MAX_LINE = 4_000;
