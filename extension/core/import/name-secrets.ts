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
  readonly notes: Found["notes"];
}

/**
 * Gives each secret the name of a variable, and leaves out what can't be stored, each with its reason. What two entries
 * of one group would both be called is refused: one would overwrite the other. `leaveOut` names entries as the file or
 * the preview does.
 */
export function nameSecrets(found: Found, leaveOut: readonly string[] = []): Named {
  const unused = new Set(leaveOut);
  const asked: LeftOut[] = [];
  const kept = found.secrets.filter((secret) => {
    const texts = leaveOut.filter((text) => text === secret.from || text === variableName(secret.wanted));
    for (const text of texts) unused.delete(text);
    if (texts.length > 0) asked.push({ from: secret.from, reason: "as you asked" });
    return texts.length === 0;
  });
  const [unknown] = unused;
  if (unknown !== undefined && !found.left.some(({ from }) => from === unknown)) {
    throw new VaultError(
      "argument-invalid",
      `The file has no ${JSON.stringify(unknown)} to leave out. Nothing was imported.`,
    );
  }
  const named = nameAll({ ...found, secrets: kept, left: [...found.left, ...asked] });
  const [twins] = twinsOf(named);
  if (twins === undefined) return named;
  const [one, other] = twins.map(({ from }) => JSON.stringify(from));
  throw new VaultError(
    "value-invalid",
    `Two entries of the file would both be ${twins[0]!.name}: ${one} and ${other}. Nothing was imported. Leave one out with --leave-out, or rename it at its source.`,
  );
}

/** The same for who asks a person about twins: they are all in it. */
export function nameAll({ secrets: found, left: before, notes }: Found): Named {
  const secrets: NamedSecret[] = [];
  const left = [...before];
  for (const secret of found) {
    const { from, value } = secret;
    const name = variableName(secret.wanted);
    if (name === undefined)
      left.push({ from, reason: "programs load code or look for files through it, or it is no name" });
    else if (value.length === 0) left.push({ from, reason: "empty" });
    else if (value.length > MAX_VALUE_BYTES) left.push({ from, reason: `longer than ${MAX_VALUE_BYTES} bytes` });
    else secrets.push({ ...secret, name });
  }
  return { secrets, left, notes };
}

/** Entries of one group that would have one name, two at least in each list. */
export function twinsOf({ secrets }: Named): readonly (readonly NamedSecret[])[] {
  const all = new Map<string, NamedSecret[]>();
  for (const secret of secrets) {
    const place = `${secret.group ?? ""}\n${secret.name}`;
    const twins = all.get(place);
    if (twins === undefined) all.set(place, [secret]);
    else twins.push(secret);
  }
  return [...all.values()].filter(({ length }) => length > 1);
}
