import { dirname } from "node:path/posix";
import { errorCode, fileError, linkError, missing } from "./file-error.ts";
import type { FileOps } from "./file-ops.ts";

/** Refuses links among the folders beneath a root: they could send reads and writes anywhere. */
export class PlainFolders {
  readonly #root: string;
  readonly #ops: FileOps;
  /** Seen to be plain. Whoever can swap them later is the same user, or root. */
  readonly #known = new Set<string>(["."]);

  constructor(root: string, ops: FileOps) {
    this.#root = root;
    this.#ops = ops;
  }

  /** Each folder from the root down to `folder` must be a plain one, as far as it exists. */
  async check(folder: string): Promise<void> {
    if (this.#known.has(folder)) return;
    await this.check(dirname(folder));
    const path = `${this.#root}/${folder}`;
    try {
      const stat = await this.#ops.lstat(path);
      if (stat.isSymbolicLink()) throw linkError(path);
      if (!stat.isDirectory()) throw missing(path);
      this.#known.add(folder);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw fileError(error, "read", path);
    }
  }

  has(folder: string): boolean {
    return this.#known.has(folder);
  }

  forget(folder: string): void {
    for (const known of this.#known) if (known === folder || known.startsWith(`${folder}/`)) this.#known.delete(known);
  }
}
