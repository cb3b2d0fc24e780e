import { basename } from "node:path";
import { wipe } from "#core/crypto/wipe.ts";
import type { ImportFormat } from "#core/import/format-names.ts";
import { detectFormat, IMPORT_FORMATS } from "#core/import/import-format.ts";
import { type Incoming, placesOf, sendPlaces } from "#core/import/incoming.ts";
import { type Named, nameSecrets } from "#core/import/name-secrets.ts";
import { VaultError } from "#core/vault-error.ts";
import { deleteImported, type ImportFile, inGit } from "#mcp/device/import-file.ts";
import { askYes } from "../ask-person.ts";
import type { Cli } from "../cli.ts";
import { type ContextOptions, contextOf } from "../context-of.ts";
import { say } from "../print.ts";
import { hasTerminal, withTerminal } from "../terminal.ts";
import { targetsFor } from "./places.ts";
import { readSource, STDIN } from "./source.ts";
import { storeIncoming } from "./store-incoming.ts";

export interface ImportOptions extends ContextOptions {
  readonly format?: ImportFormat;
  readonly map?: readonly string[];
  readonly leaveOut?: readonly string[];
  readonly descriptions?: true;
  readonly yes?: true;
  readonly delete?: true;
}

/** A file of another program, or what it prints, into the vault; only then the offer to delete the file. */
export async function importSecrets(cli: Cli, file: string, options: ImportOptions): Promise<void> {
  if (file === STDIN && options.delete) {
    throw new VaultError("argument-invalid", "--delete is for a file, and stdin is none. Leave it out.");
  }
  const source = await readSource(file);
  let named: Named | undefined;
  try {
    const format = options.format ?? detectFormat(source.bytes);
    named = nameSecrets(IMPORT_FORMATS[format].read(source.bytes), options.leaveOut);
    const here = async () => (await contextOf(cli, options)).context;
    const inFile = placesOf(named, options.descriptions === true);
    const places = sendPlaces(inFile, await targetsFor(inFile, options.map ?? [], here));
    const what = source.file === undefined ? "what is on stdin" : basename(source.file.path);
    say(`Read as ${IMPORT_FORMATS[format].title}.`);
    const incoming = { places, left: named.left, notes: [...named.notes, ...aboutComments(named, options)] };
    await storeIncoming(cli, what, incoming, options.yes === true);
    wipe(source.bytes);
    if (source.file !== undefined) await offerDeletion(source.file, leftOf(incoming, named), options);
  } finally {
    wipe(source.bytes, ...(named?.secrets ?? []).map(({ value }) => value));
  }
}

/** Free text of the other program was encrypted there, and may hold anything; here, agents can read descriptions. */
function aboutComments({ secrets }: Named, { descriptions }: ImportOptions): readonly string[] {
  const count = secrets.filter(({ description }) => description !== undefined).length;
  if (descriptions || count === 0) return [];
  const comments = count === 1 ? "1 comment is" : `${count} comments are`;
  return [`${comments} not taken, since agents can read descriptions; --descriptions takes them.`];
}

/** What a deletion of the file would lose. */
function leftOf({ places, left }: Incoming, { secrets }: Named): number {
  return left.length + secrets.length - places.reduce((sum, { drafts }) => sum + drafts.length, 0);
}

async function offerDeletion({ path, digest }: ImportFile, left: number, options: ImportOptions): Promise<void> {
  if (inGit(path))
    say(`${path} is in git: its values stay in the history. Make new values at their source, and import those.`);
  const loss = left > 0 ? ` ${left} entries of it were left out and would be gone.` : "";
  const wanted =
    options.delete === true ||
    (options.yes === undefined &&
      hasTerminal() &&
      (await withTerminal("Deleting a file", (terminal) => askYes(terminal, `Delete ${path}?${loss}`))));
  if (!wanted) return say(`${path} still holds the values in the clear. Delete it when nothing needs it any more.`);
  deleteImported(path, digest);
  say(`Deleted ${path}. Copies in backups and editors' histories stay where they are.`);
}
