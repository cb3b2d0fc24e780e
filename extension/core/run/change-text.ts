import { basename } from "node:path";
import type { CommandChange } from "./command-files.ts";
import { visible } from "./visible-text.ts";

/** How far an approval of a command reaches, for those who may give one. */
export const COMMAND_NOTE =
  "An approval of this command ends when a file changes that it names; what those files start in turn is not looked at.";

/** Why a person is asked, or asked again, as one sentence without a full stop. */
export function changeText({ kind, path }: CommandChange): string {
  switch (kind) {
    case "file":
      return `${visible(basename(path))} has changed since it was approved (${visible(path)})`;
    case "folder":
      return `${visible(path)} is another folder than the one that was approved`;
    case "project-file-gone":
      return `${visible(path)} is not there any more, and no longer narrows what may be used`;
  }
}
