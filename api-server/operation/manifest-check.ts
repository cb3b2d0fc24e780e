import { sha256 } from "#core/crypto/hash.ts";
import { isSignedBy, readManifestHead } from "../formats/manifest-head.ts";
import type { Schema } from "../storage/schema.ts";
import type { Check, Tell } from "./content-check.ts";

/** Public keys by the fingerprint that a manifest names. */
export type Authors = ReadonlyMap<string, Uint8Array>;

/**
 * Environments come before heads, by name: each environment's newest head is the last of its chain. `want` gets each
 * list of items.
 */
export function manifestChecks(
  authors: Authors,
  want: (items: Uint8Array) => void,
  tell: Tell,
): { readonly environments: Check; readonly heads: Check } {
  const newest = new Map<string, { readonly counter: number; readonly hash: string }>();
  let chain = { environment: "", counter: 0, hash: "" };
  const endOf = (environment: string): void => {
    const known = newest.get(environment);
    newest.delete(environment);
    if (known !== undefined && known.counter === chain.counter && known.hash === chain.hash) return;
    tell(`Environment ${environment} has not the manifest that its chain ends with.`);
  };
  return {
    environments: {
      row(row) {
        const { id, counter, head, items } = row as unknown as Schema["environments"]; // the row of that table
        if (counter === 0) return; // a tombstone
        want(items);
        newest.set(id, { counter, hash: sha256(head).toString("hex") });
        const parsed = readManifestHead(Buffer.from(head));
        const isRight =
          parsed.environment === id && parsed.counter === counter && parsed.itemsRoot === sha256(items).toString("hex");
        if (!isRight) tell(`The manifest of environment ${id} is not whole.`);
      },
    },
    heads: {
      row(row) {
        const { environment, counter, head } = row as unknown as Schema["heads"]; // the row of that table
        if (environment !== chain.environment && chain.counter > 0) endOf(chain.environment);
        const before = environment === chain.environment ? chain : { environment, counter: 0, hash: "0".repeat(64) };
        chain = { environment, counter, hash: sha256(head).toString("hex") };
        const parsed = readManifestHead(Buffer.from(head));
        const follows =
          parsed.environment === environment &&
          parsed.counter === counter &&
          counter === before.counter + 1 &&
          parsed.previous === before.hash;
        if (!follows) tell(`Head ${counter} of environment ${environment} doesn't follow the one before.`);
        // A member whose account has ended signed what is there still.
        const author = authors.get(parsed.author);
        if (author !== undefined && !isSignedBy(author, Buffer.from(head))) {
          tell(`Head ${counter} of environment ${environment} is not signed by its author.`);
        }
      },
      end() {
        if (chain.counter > 0) endOf(chain.environment);
        for (const environment of newest.keys()) tell(`Environment ${environment} has lost its chain.`);
      },
    },
  };
}
