import type { Window } from "../../window.ts";

/** Does what puts the vault in another place: nobody goes on with the one of before, and the window shows the new one. */
export async function inNewPlace<T>(window: Window, change: () => Promise<T>): Promise<T> {
  await window.vault.lock();
  try {
    return await change();
  } finally {
    window.remote.look();
    await window.vault.refresh();
  }
}
