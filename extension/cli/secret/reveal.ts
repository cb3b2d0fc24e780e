import { isUtf8 } from "node:buffer";
import { wipe } from "#core/crypto/wipe.ts";
import { visible } from "#core/run/visible-text.ts";
import { formatContext } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import type { Cli } from "../cli.ts";
import { type ContextOptions, secretOf } from "../context-of.ts";
import { showOnce } from "../show-once.ts";
import { withTerminal } from "../terminal.ts";
import { withAccess } from "../with-access.ts";
import { withProof } from "../with-approval.ts";
import { requireVersion } from "./write.ts";

/**
 * A person looks at a value: after the master password, on the terminal device, and on a screen of its own. Never on
 * stdout, where a program would read it, and never by OV_ASKPASS, which proves no person.
 */
export async function revealSecret(
  cli: Cli,
  text: string,
  options: ContextOptions & { readonly version?: string },
): Promise<void> {
  const { context, name } = await secretOf(cli, text, options);
  const version = options.version === undefined ? undefined : requireVersion(options.version);
  if (!process.stdout.isTTY) {
    throw new VaultError(
      "person-required",
      'A value is shown on a terminal only, and stdout is none. To give it to a program, use "ov run".',
    );
  }
  const place = `${formatContext(context)}/${name}`;
  await withTerminal("Revealing a value", (terminal) =>
    withAccess(
      cli,
      `show ${place}`,
      async (opened) => {
        const value = await withProof(terminal, opened, (password) =>
          opened.access.reveal(context, name, version, password),
        );
        try {
          await showOnce(terminal, [`${place}:`, "", ...shown(value)]);
        } finally {
          wipe(value);
        }
      },
      "terminal",
    ),
  );
}

function shown(value: Uint8Array): readonly string[] {
  if (!isUtf8(value)) return ["(not text; in base64)", Buffer.from(value).toString("base64")];
  return Buffer.from(value)
    .toString("utf8")
    .split(/\r?\n/)
    .map((line) => line.split("\t").map(visible).join("\t"));
}
