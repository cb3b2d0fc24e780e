import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import type { Budget } from "./leaked-budget.ts";
import type { Path, Tree } from "./leaked-walk.ts";

/** Links that lead out of the folder: what was changed behind them can be read through them. */
export class Linked {
  readonly #root: string | undefined;
  readonly #links: { readonly file: Path; readonly path: Path }[] = [];
  /** What is looked at anyway, or was: so that links in a circle come to an end. */
  readonly #covered = new Set(NO_FILES);

  constructor(root: string) {
    this.#root = realPath(root);
    if (this.#root !== undefined) this.#covered.add(this.#root);
  }

  add({ file, path }: { readonly file: Path; readonly path: Path }): void {
    this.#links.push({ file, path });
  }

  /** The next one that leads to something else that exists. */
  next(budget: Budget): Tree | undefined {
    for (let link = this.#links.shift(); link !== undefined; link = this.#links.shift()) {
      budget.entry();
      if (budget.isSpent) return undefined;
      const root = realPath(link.file);
      if (root === undefined || this.#isCovered(root)) continue;
      this.#covered.add(root);
      return { root, path: link.path, ...(this.#root === undefined ? {} : { except: this.#root }) };
    }
    return undefined;
  }

  #isCovered(path: string): boolean {
    for (let folder = path; ; folder = dirname(folder)) {
      if (this.#covered.has(folder)) return true;
      if (folder === dirname(folder)) return false;
    }
  }
}

/** What lies there keeps nothing, and reading it may do something. */
const NO_FILES = ["/proc", "/sys", "/dev"];

/** undefined = it leads nowhere, or in a circle. */
function realPath(file: Path): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}
