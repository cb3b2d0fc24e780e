import { openFileStore } from "#core/store/file-store.ts";
import { temporaryFolder } from "./sample.ts";
import { storeConformance } from "./store-conformance.ts";

storeConformance(async (t) => {
  const folder = `${await temporaryFolder(t)}/vault`;
  return async () => openFileStore(folder);
});
