import { lstatSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { sha256 } from "../crypto/hash.ts";
import type { DeviceState } from "../store/store.ts";
import { PROJECT_FILE, projectFileHash } from "../vault/project-file.ts";
import type { ApprovalRequest } from "./vault-access.ts";

type Given = NonNullable<ApprovalRequest["projectFile"]>;

/** What a person has to be shown of the project files of a folder before anything is used there. */
export interface ProjectFileNews {
  /** The nearest one, if nobody has seen it in this state and place. */
  readonly unseen?: Given;
  /** Those that a person has seen, which are not there any more. */
  readonly gone: readonly string[];
}

/**
 * The hash is made here: requests come from other processes too, and nothing in them is believed that could hide
 * something from the person.
 */
export async function projectFileNews(
  device: DeviceState,
  { cwd, projectFile }: Pick<ApprovalRequest, "cwd" | "projectFile">,
): Promise<ProjectFileNews> {
  const gone: string[] = [];
  for (let folder = realFolder(cwd); ; folder = dirname(folder)) {
    const path = join(folder, PROJECT_FILE);
    if (isMissing(path) && (await device.hasConsent(placeKey(path)))) gone.push(path);
    if (folder === dirname(folder)) break;
  }
  const hash = projectFile && projectFileHash(projectFile.path, projectFile.text);
  if (hash === undefined || (await device.hasConsent(hash))) return { gone };
  return { unseen: { ...projectFile!, hash }, gone };
}

/** A person said yes, knowing the news: the file in force is remembered by content and place, what is gone forgotten. */
export async function rememberSeen(
  device: DeviceState,
  projectFile: Given | undefined,
  { unseen, gone }: ProjectFileNews,
): Promise<void> {
  if (unseen !== undefined) await device.giveConsent(unseen.hash);
  for (const path of gone) await device.forgetConsent(placeKey(path));
  if (projectFile === undefined) return;
  const key = placeKey(join(realFolder(dirname(projectFile.path)), PROJECT_FILE));
  if (!(await device.hasConsent(key))) await device.giveConsent(key);
}

/** That a file was seen at this path, whatever was in it. */
function placeKey(path: string): string {
  return sha256(Buffer.from(`place\0${path}`)).toString("hex");
}

function realFolder(folder: string): string {
  try {
    return realpathSync.native(folder);
  } catch {
    return folder;
  }
}

function isMissing(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) === undefined;
}
