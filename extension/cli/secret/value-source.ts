import { realpathSync } from "node:fs";
import { type Command, Option } from "commander";
import { formatContext } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import { ALPHABETS, GENERATED_FORMATS, type GenerateOptions, generateValue } from "#mcp/generate-value.ts";
import { importedValue } from "#mcp/imported-value.ts";
import { withoutNewline } from "../ask-master-password.ts";
import { askHidden } from "../ask-person.ts";
import type { SecretAddress } from "../context-of.ts";
import { withTerminal } from "../terminal.ts";

export interface ValueOptions {
  readonly stdin?: true;
  readonly file?: string;
  readonly generate?: GenerateOptions["format"] | true;
  readonly length?: number;
  readonly alphabet?: GenerateOptions["alphabet"];
}

export function addValueOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--stdin", "read the value from stdin, without its last newline").conflicts(["file", "generate"]),
    )
    .addOption(new Option("-f, --file <file>", "take a whole file as the value").conflicts("generate"))
    .addOption(
      new Option("-g, --generate [kind]", `make a random value: ${GENERATED_FORMATS.join(", ")}`).choices([
        ...GENERATED_FORMATS,
      ]),
    )
    .addOption(
      new Option("--length <number>", "characters of a text, bytes of hex and base64, bits of rsa").argParser(Number),
    )
    .addOption(new Option("--alphabet <alphabet>", "characters of a generated text").choices(Object.keys(ALPHABETS)));
}

export function namesASource({ stdin, file, generate }: ValueOptions): boolean {
  return stdin !== undefined || file !== undefined || generate !== undefined;
}

/** The bytes of a new value. Never from an argument: those are in the process list and in the shell's history. */
export async function valueFrom(options: ValueOptions, { context, name }: SecretAddress): Promise<Uint8Array> {
  if (options.generate !== undefined) {
    const { generate, length, alphabet } = options;
    return generateValue({ format: generate === true ? undefined : generate, length, alphabet });
  }
  if (options.file !== undefined) return importedValue(realFile(options.file), undefined);
  if (options.stdin) return readStdin();
  if (!process.stdin.isTTY) {
    throw new VaultError(
      "argument-invalid",
      "Something is on stdin. Add --stdin to take it as the value, or run this in a terminal to type it.",
    );
  }
  return withTerminal("Typing a value", async (terminal) =>
    Buffer.from(await askHidden(terminal, `Value of ${formatContext(context)}/${name}:`), "utf8"),
  );
}

/** All of stdin, less the newline that `echo` and here-documents end with. */
async function readStdin(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_VALUE + 2)
      throw new VaultError(
        "value-invalid",
        `The value on stdin is longer than ${MAX_VALUE} bytes. Keep it in a file, and a key to that file as the secret.`,
      );
  }
  const bytes = Buffer.concat(chunks);
  for (const chunk of chunks) chunk.fill(0);
  const value = withoutNewline(bytes);
  if (value.length === 0) throw new VaultError("value-invalid", "There is no value on stdin. Nothing was stored.");
  return value;
}

function realFile(file: string): string {
  try {
    return realpathSync(file);
  } catch (cause) {
    throw new VaultError(
      "file-not-found",
      `There is no file ${JSON.stringify(file)}. Give the path of an existing one.`,
      { cause },
    );
  }
}

const MAX_VALUE = 65_536;
