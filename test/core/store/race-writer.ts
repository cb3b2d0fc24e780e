// A process that adds records to an environment, one commit each: writer.ts <folder> <environment> <how many>.
// It prints the counter of each commit that was acknowledged, and runs into conflicts as a session does: it reads again.
import { openFileStore } from "#core/store/file-store.ts";
import { asId } from "#core/store/store.ts";
import { isVaultError } from "#core/vault-error.ts";
import { manifestOf, readRefs, someRecord } from "./sample.ts";

const [folder, environment, count] = process.argv.slice(2);
const id = asId(environment!)!;

for (let written = 0; written < Number(count); written++) {
  const store = openFileStore(folder!);
  for (let done = false; !done; ) {
    const { counter, refs } = await readRefs(store, id);
    const record = someRecord();
    try {
      await store.commit(id, counter, manifestOf([...refs, record]), [record]);
      process.stdout.write(`${counter + 1}\n`);
      done = true;
    } catch (error) {
      if (!isVaultError(error, "vault-conflict")) throw error;
    }
  }
}
