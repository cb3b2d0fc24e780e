import { dirname as parentOf } from "node:path";
import { dirname } from "node:path/posix";
import { VaultError } from "../vault-error.ts";
import { errorCode, fileError } from "./file-error.ts";
import type { FileOps } from "./file-ops.ts";
import { LimitedReader } from "./limited-reader.ts";
import { makeWithParents } from "./make-with-parents.ts";
import { PlainFolders } from "./plain-folders.ts";
import { publishFile, replaceFile, writeFileDurably } from "./publish-file.ts";
import { syncFolder } from "./sync-folder.ts";

/**
 * A folder whose writes are on the disk when their promise resolves, and never half there. Paths are relative to it,
 * with "/". Folders are 0700, files 0600. Links among the inner folders and files are refused; the folder itself may
 * be reached by one.
 */
export class DurableFolder {
  readonly root: string;
  readonly #ops: FileOps;
  readonly #reader: LimitedReader;
  readonly #plain: PlainFolders;
  /** Folders whose own entry is on the disk. */
  readonly #synced = new Set<string>();

  constructor(root: string, ops: FileOps) {
    this.root = root;
    this.#ops = ops;
    this.#reader = new LimitedReader(ops);
    this.#plain = new PlainFolders(root, ops);
  }

  async read(path: string, limit: number): Promise<Buffer | undefined> {
    if (!this.#plain.has(dirname(path))) await this.#plain.check(dirname(path));
    return this.#reader.read(this.#at(path), limit);
  }

  /** The names in a folder; none if there is no such folder. */
  async list(path: string): Promise<readonly string[]> {
    await this.#plain.check(path);
    return this.#reading(path, () => this.#ops.readdir(this.#at(path)), []);
  }

  async has(path: string): Promise<boolean> {
    return (await this.modified(path)) !== undefined;
  }

  /** When it was last written, in ms since 1970. */
  async modified(path: string): Promise<number | undefined> {
    await this.#plain.check(dirname(path));
    return this.#reading(path, async () => (await this.#ops.lstat(this.#at(path))).mtimeMs, undefined);
  }

  /** Creates a whole file that must not exist yet: of several that race, one wins, and the others get `vault-conflict`. */
  async publish(path: string, bytes: Uint8Array): Promise<void> {
    await this.#writing(path, () => publishFile(this.#ops, this.#at(path), bytes));
    await this.sync(dirname(path));
  }

  /** Writes a file whose name says what is in it: whoever else writes it writes the same. */
  async replace(path: string, bytes: Uint8Array): Promise<void> {
    await this.#writing(path, () => replaceFile(this.#ops, this.#at(path), bytes));
    await this.sync(dirname(path));
  }

  /** Writes a file in place, for folders that nobody reads yet. The folder is the caller's to sync. */
  async writeNew(path: string, bytes: Uint8Array): Promise<void> {
    await this.#writing(path, () => writeFileDurably(this.#ops, this.#at(path), bytes));
  }

  /** Creates an empty file, whose name is all that counts. It may exist already. */
  async mark(path: string): Promise<void> {
    await this.#writing(path, () =>
      this.#unlessThere(async () => (await this.#ops.open(this.#at(path), "wx", 0o600)).close()),
    );
    await this.sync(dirname(path));
  }

  /** Moves a file over whatever is there; false if there was none to move. */
  async move(from: string, to: string): Promise<boolean> {
    await this.#plain.check(dirname(to));
    return this.#unlessMissing(from, () => this.#ops.rename(this.#at(from), this.#at(to)));
  }

  /** False if there was none. */
  async remove(path: string): Promise<boolean> {
    return this.#unlessMissing(path, () => this.#ops.unlink(this.#at(path)));
  }

  /** Keeps the name, so that nobody can take it again, and drops the bytes. */
  async empty(path: string): Promise<void> {
    await this.#unlessMissing(path, () => this.#ops.truncate(this.#at(path)));
  }

  /** False if something is in it. */
  async removeEmptyFolder(path: string): Promise<boolean> {
    try {
      await this.#unlessMissing(path, () => this.#ops.rmdir(this.#at(path)));
      this.#forget(path);
      return true;
    } catch (error) {
      if (error instanceof VaultError && NOT_EMPTY.has(errorCode(error.cause) ?? "")) return false;
      throw error;
    }
  }

  async removeFolder(path: string): Promise<void> {
    await this.#writing(path, () => this.#ops.rm(this.#at(path), { recursive: true, force: true }));
    this.#forget(path);
  }

  /** Makes the folder itself, and what is above it. It may exist already. */
  async makeRoot(): Promise<void> {
    await this.#writing(".", async () => {
      for (const folder of await makeWithParents(this.#ops, this.root)) await syncFolder(this.#ops, parentOf(folder));
    });
  }

  /** Makes folders beside each other. They may exist already; what is above them must. */
  async makeFolders(paths: readonly string[]): Promise<void> {
    for (const path of paths) await this.#writing(path, () => this.#unlessThere(() => this.#makeFolder(path)));
    const unsynced = paths.filter((path) => !this.#synced.has(path));
    for (const parent of new Set(unsynced.map(dirname))) await this.sync(parent);
    for (const path of unsynced) this.#synced.add(path);
  }

  async sync(path: string): Promise<void> {
    await this.#writing(path, () => syncFolder(this.#ops, this.#at(path)));
  }

  #at(path: string): string {
    return path === "." ? this.root : `${this.root}/${path}`;
  }

  async #makeFolder(path: string): Promise<void> {
    await this.#ops.mkdir(this.#at(path), { mode: 0o700 });
    this.#synced.delete(path);
  }

  async #unlessThere(create: () => Promise<void>): Promise<void> {
    try {
      await create();
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw error;
    }
  }

  #forget(path: string): void {
    this.#plain.forget(path);
    this.#synced.clear();
  }

  async #unlessMissing(path: string, change: () => Promise<void>): Promise<boolean> {
    await this.#plain.check(dirname(path));
    try {
      await change();
      return true;
    } catch (error) {
      if (errorCode(error) === "ENOENT") return false;
      throw fileError(error, "write", this.#at(path));
    }
  }

  async #reading<T>(path: string, look: () => Promise<T>, absent: T): Promise<T> {
    await this.#reader.turn();
    try {
      return await look();
    } catch (error) {
      if (errorCode(error) === "ENOENT") return absent;
      throw fileError(error, "read", this.#at(path));
    }
  }

  async #writing(path: string, change: () => Promise<void>): Promise<void> {
    await this.#plain.check(dirname(path));
    try {
      await change();
    } catch (error) {
      throw fileError(error, "write", this.#at(path));
    }
  }
}

const NOT_EMPTY = new Set(["ENOTEMPTY", "EEXIST"]);
