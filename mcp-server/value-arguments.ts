import { VaultError } from "#core/vault-error.ts";

/**
 * Refuses a call that carries a value: what stands in a tool call is in the model's context already, and in the
 * client's log. `known` are the argument names of the tool at each level; nothing of the argument itself is repeated.
 */
export async function refuseValues(
  args: unknown,
  known: ReadonlySet<string>,
  suspects: (text: string) => Promise<boolean>,
): Promise<void> {
  for (const [key, entry] of entriesOf(args, 0)) {
    if (key !== undefined && !known.has(key) && VALUE_LIKE.test(key)) throw carriesValue();
    if (typeof entry === "string" && (await suspects(entry))) throw carriesValue();
  }
}

/** Every key of every object, and every string, as deep as any tool's arguments go and one more. */
function* entriesOf(value: unknown, depth: number): Generator<readonly [string | undefined, unknown]> {
  if (depth > 4 || typeof value !== "object" || value === null) return;
  for (const [key, entry] of Object.entries(value)) {
    yield [Array.isArray(value) ? undefined : key, entry];
    yield* entriesOf(entry, depth + 1);
  }
}

const VALUE_LIKE = /value|secret|password|passwd|passphrase|pwd|token|api_?key|credential|private|plain|content|data/i;

function carriesValue(): VaultError {
  return new VaultError(
    "value-in-arguments",
    'A secret\'s value must not stand in a tool call: the model and the client\'s log have it then. If that was a real one, treat it as leaked and replace it at its issuer. To store a secret use source {"kind":"ask"}, "generate", "file" or "command".',
  );
}
