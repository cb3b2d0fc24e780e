import { existsSync, renameSync, rmSync, truncateSync } from "node:fs";
import { dirname } from "node:path";
import { diskOps, type FileOps } from "#core/store/file-ops.ts";

/** What happens at the chosen changing call: the process ends, or the call fails with a code. */
export type Fault = { readonly at: number } & (
  | { readonly kind: "crash" }
  | { readonly kind: "error"; readonly code: string; readonly call?: string; readonly persistent?: boolean }
);

/** A real disk without the waiting for it, for tests of what is written, not of when it is safe. */
export function hastyDisk(): FileOps {
  return new FaultyDisk().ops;
}

/** Whatever a process tries after it crashed. */
export class Crash extends Error {}

/**
 * A real disk on which one changing call, counted from 1, goes wrong. It also notes what is not on the disk for sure
 * yet, so that `losePower` can take it away: names until their folder is synced, bytes until their file is.
 */
export class FaultyDisk {
  readonly ops: FileOps;
  readonly calls: string[] = [];
  /** True when the fault took place. */
  struck = false;
  #dead = false;
  readonly #fault: Fault | undefined;
  #names: { readonly folder: string; readonly undo: () => void }[] = [];
  readonly #unsynced = new Map<number, string>();

  constructor(fault?: Fault) {
    this.#fault = fault;
    this.ops = this.#wrap();
  }

  /** The machine stops: unsynced bytes are lost, and with `names` the unsynced names too, last first. */
  losePower(names: boolean): void {
    for (const path of this.#unsynced.values()) if (existsSync(path)) truncateSync(path, 0);
    if (names) for (const { undo } of this.#names.reverse()) undo();
    this.#names = [];
  }

  #wrap(): FileOps {
    const { lstat, link, mkdir, readdir, rename, rm, rmdir, truncate, unlink, openSync } = diskOps;
    return {
      ...diskOps,
      open: this.#open(),
      openSync: this.#guarded(openSync),
      lstat: this.#guarded(lstat),
      readdir: this.#guarded(readdir),
      unlink: this.#counted("unlink", unlink),
      rm: this.#counted("rm", rm),
      rmdir: this.#counted("rmdir", rmdir),
      truncate: this.#counted("truncate", truncate),
      mkdir: this.#counted("mkdir", mkdir, (made, path, options) => {
        // With `recursive`, the call says which folder it began with, if it made any.
        const recursive = typeof options === "object" && options?.recursive === true;
        const first = recursive ? made : String(path);
        if (first !== undefined) this.#named(first, () => remove(first));
      }),
      link: this.#counted("link", link, (_, __, to) => this.#named(String(to), () => remove(String(to)))),
      rename: this.#counted("rename", rename, (_, from, to) => {
        const [old, now] = [String(from), String(to)];
        this.#named(now, () => (existsSync(now) && existsSync(dirname(old)) ? renameSync(now, old) : remove(now)));
        for (const [inode, path] of this.#unsynced) if (path === old) this.#unsynced.set(inode, now);
      }),
    };
  }

  #open(): FileOps["open"] {
    return async (path, flags, mode) => {
      const name = String(path);
      if (flags !== "wx") this.#refuseDead();
      else this.#count(`open ${name}`);
      const file = await diskOps.open(path, flags, mode);
      const { ino } = await file.stat();
      if (flags === "wx") {
        this.#named(name, () => remove(name));
        this.#unsynced.set(ino, name);
      }
      const write: typeof file.writeFile = async (data) => {
        const whole = Buffer.from(data as Uint8Array); // the store writes bytes only
        try {
          this.#count(`write ${name}`);
        } catch (error) {
          await file.writeFile(whole.subarray(0, whole.length >> 1)); // half of it got through
          throw error;
        }
        await file.writeFile(whole);
      };
      const sync: typeof file.sync = async () => {
        this.#count(`sync ${name}`); // not for real: what it promises is noted here
        this.#unsynced.delete(ino);
        if (flags !== "wx") this.#names = this.#names.filter(({ folder }) => folder !== name);
      };
      return new Proxy(file, {
        get(target, key) {
          if (key === "writeFile") return write;
          if (key === "sync") return sync;
          const value: unknown = Reflect.get(target, key);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    };
  }

  /** The call as it is, for as long as the process lives. */
  #guarded<F extends object>(call: F): F {
    return new Proxy(call, {
      apply: (target, self, args: unknown[]) => {
        this.#refuseDead();
        return Reflect.apply(target as never, self, args); // F is a function
      },
    });
  }

  /** The same for a call that changes the disk: it is counted, and noted once it took place. */
  #counted<F extends (...args: never[]) => Promise<unknown>>(
    name: string,
    call: F,
    note: (result: Awaited<ReturnType<F>>, ...args: Parameters<F>) => void = () => {},
  ): F {
    return new Proxy(call, {
      apply: async (target, self, args: Parameters<F>) => {
        this.#count(`${name} ${String(args.at(name === "link" || name === "rename" ? 1 : 0))}`);
        const result = await Reflect.apply(target, self, args);
        note(result as Awaited<ReturnType<F>>, ...args);
        return result;
      },
    });
  }

  #named(path: string, undo: () => void): void {
    this.#names.push({ folder: dirname(path), undo });
  }

  #refuseDead(): void {
    if (this.#dead) throw new Crash("This process is no more.");
  }

  #count(call: string): void {
    this.#refuseDead();
    this.calls.push(call);
    const fault = this.#fault;
    if (fault === undefined) return;
    const due =
      fault.kind === "error" && fault.persistent === true
        ? this.calls.length >= fault.at
        : this.calls.length === fault.at;
    if (!due) return;
    if (fault.kind === "crash") {
      this.struck = true;
      this.#dead = true;
      throw new Crash("The process ends here.");
    }
    if (fault.call !== undefined && !call.startsWith(fault.call)) return;
    this.struck = true;
    throw Object.assign(new Error(`${fault.code}: injected`), { code: fault.code, syscall: call.split(" ")[0] });
  }
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
