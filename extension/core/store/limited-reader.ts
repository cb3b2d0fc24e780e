import { constants } from "node:fs";
import { VaultError } from "../vault-error.ts";
import { errorCode, fileError, REPAIR } from "./file-error.ts";
import type { FileOps } from "./file-ops.ts";

/**
 * Reads whole small files, synchronously in turns of a few milliseconds: for the thousands of records of an
 * environment this takes an eighth of the time of the thread pool, and the event loop still gets its turn.
 */
export class LimitedReader {
  readonly #ops: FileOps;
  #turnBegan = 0;
  #nextTurn: Promise<void> | undefined;

  constructor(ops: FileOps) {
    this.#ops = ops;
  }

  /** The bytes, or undefined if there is no such file. Refuses links, what is no plain file, and more than `limit` bytes. */
  async read(path: string, limit: number): Promise<Buffer | undefined> {
    await this.turn();
    let file: number | undefined;
    try {
      file = this.#ops.openSync(path, FLAGS);
      const stat = this.#ops.fstatSync(file);
      if (!stat.isFile() || stat.size > limit) throw tooLarge(path, limit);
      return this.#readAll(file, stat.size);
    } catch (error) {
      if (errorCode(error) === "ENOENT") return undefined;
      throw fileError(error, "read", path);
    } finally {
      if (file !== undefined) this.#ops.closeSync(file);
    }
  }

  /** Resolves when one more short synchronous call does not keep the event loop waiting. */
  async turn(): Promise<void> {
    while (performance.now() - this.#turnBegan > TURN_MS) await this.#waitForTurn();
  }

  #readAll(file: number, size: number): Buffer {
    const bytes = Buffer.allocUnsafe(size);
    let length = 0;
    while (length < size) {
      const count = this.#ops.readSync(file, bytes, length, size - length, null);
      if (count === 0) break; // cut since the fstat
      length += count;
    }
    return bytes.subarray(0, length);
  }

  #waitForTurn(): Promise<void> {
    this.#nextTurn ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#nextTurn = undefined;
        this.#turnBegan = performance.now();
        resolve();
      });
    });
    return this.#nextTurn;
  }
}

const TURN_MS = 5;

/** NONBLOCK: a named pipe put in a file's place would else hang the whole process. Windows knows neither flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

function tooLarge(path: string, limit: number): VaultError {
  return new VaultError(
    "vault-damaged",
    `${path} is no plain file of at most ${limit} bytes, as a vault writes. ${REPAIR}`,
  );
}
