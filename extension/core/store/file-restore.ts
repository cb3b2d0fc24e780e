import { realpath } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { dirname as dirnamePosix } from "node:path/posix";
import { randomBuffer } from "../crypto/random.ts";
import { VaultError } from "../vault-error.ts";
import { AccountFiles, MARKER_BYTES } from "./account-files.ts";
import { ABANDONED_MS } from "./counted-series.ts";
import { DurableFolder } from "./durable-folder.ts";
import { eachAtOnce } from "./each-at-once.ts";
import { conflict } from "./file-error.ts";
import { ACCOUNT, AUDIT, ENVIRONMENT_FOLDERS, ENVIRONMENTS, MARKER } from "./file-layout.ts";
import type { FileOps } from "./file-ops.ts";
import { TEMPORARY } from "./publish-file.ts";
import { RestoreCheck } from "./restore-check.ts";
import type { StoredObject } from "./store.ts";

/** Builds a whole vault in a folder beside the place where it belongs, then gives it its name: all or nothing. */
export async function restoreFiles(
  folder: DurableFolder,
  ops: FileOps,
  objects: Iterable<StoredObject>,
): Promise<void> {
  await refuseVault(folder);
  const target = await realpath(folder.root).catch(() => folder.root);
  const parent = new DurableFolder(dirname(target), ops);
  await parent.makeRoot();
  await removeAbandoned(parent, basename(target));
  const name = `${basename(target)}.${randomBuffer(8).toString("hex")}.restore`;
  await parent.makeFolders([name]);
  try {
    await build(new DurableFolder(`${parent.root}/${name}`, ops), objects);
    await removeSkeleton(folder);
    if (!(await parent.removeEmptyFolder(basename(target)))) throw exists(folder.root);
    if (!(await parent.move(name, basename(target)))) throw conflict(folder.root);
  } catch (error) {
    await parent.removeFolder(name).catch(() => {});
    await refuseVault(folder); // one that appeared meanwhile is the better reason
    throw error;
  }
  await parent.sync(".");
}

async function refuseVault(folder: DurableFolder): Promise<void> {
  if ((await new AccountFiles(folder).series.newest()) > 0) throw exists(folder.root);
}

async function build(fresh: DurableFolder, objects: Iterable<StoredObject>): Promise<void> {
  const check = new RestoreCheck();
  const folders = new Map<string, Promise<void>>([[".", Promise.resolve()]]);
  const ensure = (path: string): Promise<void> => {
    const made = folders.get(path) ?? ensure(dirnamePosix(path)).then(() => fresh.makeFolders([path]));
    folders.set(path, made);
    return made;
  };
  for (const path of [ACCOUNT, ENVIRONMENTS, AUDIT]) await ensure(path);
  await eachAtOnce(objects, async (object) => {
    check.accept(object);
    for (const path of foldersFor(object.path)) await ensure(path);
    await fresh.writeNew(object.path, object.bytes);
  });
  check.finish();
  await fresh.writeNew(MARKER, MARKER_BYTES);
  await eachAtOnce(folders.keys(), (path) => fresh.sync(path));
}

/** The folder of an object; and all that a later commit expects, if it belongs to an environment. */
function foldersFor(path: string): readonly string[] {
  const environment = /^env\/[^/]+/.exec(path)?.[0];
  const parts = environment === undefined ? [] : ENVIRONMENT_FOLDERS.map((part) => `${environment}/${part}`);
  return [dirnamePosix(path), ...parts];
}

/** Removes what an interrupted first write leaves of a vault: empty folders. Anything else stays, and stops the restore. */
async function removeSkeleton(folder: DurableFolder): Promise<void> {
  // Without this folder, a process that is about to make a vault here can't any more.
  for (const name of await folder.list(ACCOUNT)) {
    if (name.endsWith(TEMPORARY)) await folder.remove(`${ACCOUNT}/${name}`);
  }
  for (const path of [ACCOUNT, ENVIRONMENTS, AUDIT]) {
    if (!(await folder.removeEmptyFolder(path))) throw exists(folder.root);
  }
  await folder.remove(MARKER);
}

/** Removes what a crash left of earlier restores, an hour later. */
async function removeAbandoned(parent: DurableFolder, target: string): Promise<void> {
  for (const name of await parent.list(".")) {
    if (!name.startsWith(`${target}.`) || !/^\.[0-9a-f]{16}\.restore$/.test(name.slice(target.length))) continue;
    const modified = await parent.modified(name);
    if (modified !== undefined && modified < Date.now() - ABANDONED_MS) await parent.removeFolder(name);
  }
}

function exists(root: string): VaultError {
  return new VaultError(
    "vault-exists",
    `There is a vault, or something else, in ${root} already. Move that folder away first, or choose another one.`,
  );
}
