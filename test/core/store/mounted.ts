import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether this process may mount: as root on Linux, outside of most containers. */
export const canMount = (() => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), "ov-mount-"));
  const mounted = mount(folder, ["-t", "tmpfs", "tmpfs"]);
  if (mounted) spawnSync("umount", [folder]);
  rmSync(folder, { recursive: true });
  return mounted;
})();

/** Runs with a disk of this size, such as "512k", in place of the folder. */
export async function onTinyDisk(folder: string, size: string, work: () => Promise<void>): Promise<void> {
  await mounted(folder, [["-t", "tmpfs", "-o", `size=${size},mode=0700`, "tmpfs"]], work);
}

/** Runs with a folder that is read-only, also for root. */
export async function onReadOnlyDisk(folder: string, work: () => Promise<void>): Promise<void> {
  await mounted(
    folder,
    [
      ["--bind", folder],
      ["-o", "remount,ro,bind"],
    ],
    work,
  );
}

async function mounted(
  folder: string,
  steps: readonly (readonly string[])[],
  work: () => Promise<void>,
): Promise<void> {
  try {
    for (const args of steps) if (!mount(folder, args)) throw new Error(`mount ${args.join(" ")} failed`);
    await work();
  } finally {
    spawnSync("umount", [folder]);
  }
}

function mount(folder: string, args: readonly string[]): boolean {
  return spawnSync("mount", [...args, folder]).status === 0;
}
