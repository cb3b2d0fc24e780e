/** What decides whether a document is looked at. */
export interface DocumentFacts {
  readonly scheme: string;
  readonly languageId: string;
  /** With forward slashes. */
  readonly path: string;
  /** Characters. */
  readonly length: number;
}

/** Only files and what is not saved yet: no output, no old version of a file, no message of a commit. */
export function isWatched({ scheme, languageId, path, length }: DocumentFacts): boolean {
  if (scheme !== "file" && scheme !== "untitled") return false;
  if (/^(?:git-|scminput$|log$)/.test(languageId) || /\/(?:\.git|node_modules)\//.test(path)) return false;
  return length <= MAX_LENGTH && !/(?:^|\/)\.ov\.yaml$/.test(path);
}

/** Characters. Larger files are data that somebody else's program made. */
const MAX_LENGTH = 1_000_000;
