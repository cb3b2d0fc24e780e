import { constants } from "node:fs";
import { lstat, open, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { sha256 } from "../crypto/hash.ts";
import { VaultError } from "../vault-error.ts";
import type { ContextName, SecretName } from "./context.ts";

/** A `.ov.yaml`: data from a repository, so it only narrows. It names no server, policy, pin or account. */
export interface ProjectFile {
  readonly path: string;
  readonly text: string;
  /** SHA-256 of place and content, hex: what a person consents to. */
  readonly hash: string;
  readonly app?: ContextName;
  readonly environment?: ContextName;
  readonly secrets?: readonly SecretName[];
  /** The names that a command may have, by the words that it begins with. Other commands get none. */
  readonly commands?: ReadonlyMap<string, readonly SecretName[]>;
}

export const PROJECT_FILE = ".ov.yaml";

/** The nearest `.ov.yaml` from `folder` up to `home`, or up to the root where `folder` isn't below `home`. */
export async function findProjectFile(folder: string, home: string): Promise<ProjectFile | undefined> {
  const last = relative(home, folder).startsWith("..") ? undefined : resolve(home);
  for (let at = resolve(folder); ; at = dirname(at)) {
    const path = join(at, PROJECT_FILE);
    const text = await readSmall(path);
    if (text !== undefined) {
      // Most folders have no such file, and the YAML parser is half of what `ov run` would load.
      const { parseProjectFile } = await import("./parse-project-file.ts");
      return parseProjectFile(path, text);
    }
    if (at === last || at === dirname(at)) return undefined;
  }
}

/** What a person's consent is bound to. */
export function projectFileHash(path: string, text: string): string {
  return sha256(Buffer.from(`${path}\0${text}`)).toString("hex");
}

/** 64 KiB is far above any real file, and far below what could hurt. */
const MAX_BYTES = 65_536;

/** A link may only lead to a file of the same folder or below it: what lies elsewhere is none of this project. */
async function targetOf(path: string): Promise<string> {
  const stat = await lstat(path).catch(() => undefined);
  if (stat?.isSymbolicLink() !== true) return path;
  const target = await realpath(path).catch(() => undefined);
  const below = target && relative(await realpath(dirname(path)), target);
  if (target !== undefined && below !== undefined && !/^\.\.([\\/]|$)/.test(below) && !isAbsolute(below)) return target;
  throw new VaultError("project-file-invalid", `${path} is a link that leads out of its folder. Remove it.`);
}

async function readSmall(path: string): Promise<string | undefined> {
  // Without NONBLOCK a FIFO in a shared folder above would hold up everybody who works below it.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);
  const file = await open(await targetOf(path), flags).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    // One that can't be read might narrow, so it is not passed over.
    throw new VaultError("project-file-invalid", `${path} can't be read (${error.code}). Correct it or remove it.`, {
      cause: error,
    });
  });
  if (file === undefined) return undefined;
  try {
    const buffer = Buffer.alloc(MAX_BYTES + 1);
    const stat = await file.stat();
    if (!stat.isFile()) throw new VaultError("project-file-invalid", `${path} is not a file. Remove it.`);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    if (bytesRead > MAX_BYTES)
      throw new VaultError("project-file-invalid", `${path} is larger than ${MAX_BYTES} bytes. Shorten it.`);
    return new TextDecoder("utf-8", { fatal: true }).decode(buffer.subarray(0, bytesRead));
  } catch (error) {
    if (error instanceof VaultError) throw error;
    throw new VaultError("project-file-invalid", `${path} is not UTF-8 text. Correct it or remove it.`, {
      cause: error,
    });
  } finally {
    await file.close();
  }
}
