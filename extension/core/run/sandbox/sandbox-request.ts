import type { Command } from "../command.ts";

/** What the sandbox's own process is told. Nothing in it is secret: the child's environment is not part of it. */
export interface SandboxRequest {
  readonly command: Command;
  /** The real path of the folder that the child may write to. */
  readonly cwd: string;
  /** An empty folder of this run, readable by this user only. The child's temporary folder lies in it. */
  readonly folder: string;
  /** In canonical form. Nothing else can be reached. */
  readonly hosts: readonly string[] | "any";
  /** The proxy that connections to `hosts` go through, with its credentials. */
  readonly proxy?: string;
  /** Full paths, because the child's PATH may hold folders of the project. Linux only. */
  readonly programs?: { readonly bwrap: string; readonly socat: string };
  /** False when a sandbox of the same programs has worked before. */
  readonly isFirst: boolean;
}

/** `token` = the password of the sandbox's own proxy, which the child gets in its variables. */
export type SandboxAnswer =
  | { readonly kind: "ready"; readonly argv: readonly string[]; readonly token: string | undefined }
  | { readonly kind: "refused"; readonly reason: string };

/** The child's TMPDIR. */
export function temporaryFolder(folder: string): string {
  return `${folder}/tmp`;
}
