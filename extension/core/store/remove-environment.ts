import { randomBuffer } from "../crypto/random.ts";
import type { DurableFolder } from "./durable-folder.ts";
import { ENVIRONMENTS } from "./file-layout.ts";

/** Takes an environment's folder away in one step, then deletes what is in it. One that is not there is no error. */
export async function removeEnvironment(folder: DurableFolder, path: string): Promise<void> {
  const removed = `${path}.${randomBuffer(8).toString("hex")}${REMOVED}`;
  if (await folder.move(path, removed)) {
    await folder.sync(ENVIRONMENTS);
    await folder.removeFolder(removed);
  }
  await removeLeftovers(folder);
}

/** Deletes what a crash left of removed environments. */
export async function removeLeftovers(folder: DurableFolder): Promise<void> {
  for (const name of await folder.list(ENVIRONMENTS)) {
    if (name.endsWith(REMOVED)) await folder.removeFolder(`${ENVIRONMENTS}/${name}`);
  }
}

const REMOVED = ".removed";
