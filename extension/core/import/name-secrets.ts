import type { SecretName } from "../vault/context.ts";
import { MAX_VALUE_BYTES } from "../vault/record.ts";
import { VaultError } from "../vault-error.ts";
import type { Found, FoundSecret, LeftOut } from "./found-secret.ts";
import { variableName } from "./variable-name.ts";

/** A secret of the file under the name that it will have. */
export interface NamedSecret extends FoundSecret {
  readonly name: SecretName;
}

export interface Named {
  readonly secrets: readonly NamedSecret[];
  readonly left: readonly LeftOut[];
  readonly notes: readonly string[];
}

/**
 * Gives each secret the name of a variable, and leaves out what can't be stored, each with its reason. What two entries
 * of one group would both be called is refused: one would overwrite the other. `leaveOut` names entries as the file or
 * the preview does.
 */
export function nameSecrets(found: Found, leaveOut: readonly string[] = []): Named {
  const secrets: NamedSecret[] = [];
  const left = [...found.left];
  const unused = new Set(leaveOut);
  for (const secret of found.secrets) {
    const { from, value } = secret;
    const name = variableName(secret.wanted);
    const asked = leaveOut.filter((text) => text === from || text === name);
    for (const text of asked) unused.delete(text);
    if (asked.length > 0) left.push({ from, reason: "as you asked" });
    else if (name === undefined)
      left.push({ from, reason: "programs load code or look for files through it, or it is no name" });
    else if (value.length === 0) left.push({ from, reason: "empty" });
    else if (value.length > MAX_VALUE_BYTES) left.push({ from, reason: `longer than ${MAX_VALUE_BYTES} bytes` });
    else secrets.push({ ...secret, name });
  }
  const [unknown] = unused;
  if (unknown !== undefined && !left.some(({ from }) => from === unknown)) {
    throw new VaultError(
      "argument-invalid",
      `The file has no ${JSON.stringify(unknown)} to leave out. Nothing was imported.`,
    );
  }
  refuseTwins(secrets);
  return { secrets, left, notes: found.notes };
}

function refuseTwins(secrets: readonly NamedSecret[]): void {
  const seen = new Map<string, string>();
  for (const { name, from, group } of secrets) {
    const place = `${group ?? ""}\n${name}`;
    const other = seen.get(place);
    if (other !== undefined) {
      throw new VaultError(
        "value-invalid",
        `Two entries of the file would both be ${name}: ${JSON.stringify(other)} and ${JSON.stringify(from)}. Nothing was imported. Leave one out with --leave-out, or rename it at its source.`,
      );
    }
    seen.set(place, from);
  }
}
