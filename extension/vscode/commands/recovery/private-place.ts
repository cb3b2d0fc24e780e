import type { Window } from "../../window.ts";
import { windowError } from "../../words/error-text.ts";
import { askPlaceToSave, isInOpenFolder } from "../save-place.ts";

export interface WantedPlace {
  readonly title: string;
  /** Offered, in the person's own folder. */
  readonly name: string;
  readonly filters: Readonly<Record<string, readonly string[]>>;
  /** Why an open folder won't do. */
  readonly refusal: string;
}

/** Where to save what opens the vault: on this machine, and in no open folder. undefined = the person chose no place. */
export async function choosePrivatePlace(window: Window, wanted: WantedPlace): Promise<string | undefined> {
  const file = await askPlaceToSave(window, wanted.title, wanted.name, wanted.filters);
  if (file === undefined || !isInOpenFolder(file)) return file;
  throw windowError("argument-invalid", wanted.refusal);
}
