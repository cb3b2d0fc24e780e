import { applyEdits, type FormattingOptions, modify, type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { VaultError } from "#core/vault-error.ts";

/** The content of a JSON file that may have comments and trailing commas; an empty file is an empty object. */
export function parseJson(text: string, file: string): unknown {
  if (text.trim() === "") return {};
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) {
    const line = text.slice(0, first.offset).split("\n").length;
    throw new VaultError(
      "client-config-invalid",
      `${file} is not valid JSON (${printParseErrorCode(first.error)} in line ${line}). Correct it, then run this again; nothing was changed.`,
    );
  }
  return value;
}

/** Sets one entry, and leaves every other byte of the file as it was, comments included. */
export function setInJson(text: string, path: readonly (string | number)[], entry: unknown): string {
  const base = text.trim() === "" ? "{}\n" : text;
  return applyEdits(base, modify(base, [...path], entry, { formattingOptions: formatOf(base) }));
}

function formatOf(text: string): FormattingOptions {
  const indent = /\n([ \t]+)"/.exec(text)?.[1] ?? "  ";
  return {
    insertSpaces: !indent.startsWith("\t"),
    tabSize: indent.startsWith("\t") ? 4 : indent.length,
    eol: text.includes("\r\n") ? "\r\n" : "\n",
  };
}
