import { badFile, type Found, type FoundSecret } from "./found-secret.ts";
import { field, onlyOne, textField } from "./json-shape.ts";
import { readJson } from "./json-value.ts";

/**
 * Bitwarden Secrets Manager: `bws secret list -o json`, or `bws secret get` (https://bitwarden.com/help/secrets-manager-cli/):
 * objects with key, value, note and projectId. The project is told by its id, since the answer has no name.
 */
export function readBitwardenSecrets(bytes: Uint8Array): Found {
  const root = onlyOne(readJson(bytes));
  const secrets = (root.kind === "array" ? root.items : [root]).map((item): FoundSecret => {
    const key = textField(item, "key");
    const value = field(item, "value");
    if (key === undefined || value?.kind !== "text") throw badFile("has an entry without key or value.");
    const note = textField(item, "note");
    const project = textField(item, "projectId");
    return {
      ...{ from: key, wanted: key, value: Buffer.from(value.text, "utf8") },
      ...(note === undefined ? {} : { description: note }),
      ...(project === undefined ? {} : { group: project }),
    };
  });
  return { secrets, left: [], notes: [] };
}
