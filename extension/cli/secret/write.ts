import { wipe } from "#core/crypto/wipe.ts";
import { unfitForEnvironment } from "#core/run/child-env.ts";
import type { VaultAccess, WrittenSecret } from "#core/run/vault-access.ts";
import { type Context, formatContext } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import type { Cli } from "../cli.ts";
import { confirmChange } from "../confirm-change.ts";
import { type ContextOptions, secretOf } from "../context-of.ts";
import { say } from "../print.ts";
import { type OpenedVault, withAccess } from "../with-access.ts";
import { type DetailOptions, detailsOf, mayWiden } from "./details.ts";
import { namesASource, type ValueOptions, valueFrom } from "./value-source.ts";
import { requirePersonFor, writeGuarded } from "./write-guarded.ts";

export type WriteOptions = ContextOptions & ValueOptions & DetailOptions & { readonly yes?: true };

export async function createSecret(cli: Cli, text: string, options: WriteOptions): Promise<void> {
  requirePersonFor(options);
  const address = await secretOf(cli, text, options);
  const { context, name } = address;
  const place = `${formatContext(context)}/${name}`;
  const details = detailsOf(options);
  const store = async (opened: OpenedVault): Promise<void> => {
    const { access } = opened;
    await ensureEnvironment(access, context);
    // Before a value is typed in vain; the vault checks again when it writes.
    if ((await access.list(context)).some((secret) => secret.name === name)) {
      throw new VaultError(
        "secret-exists",
        `${place} exists already. Give it a new value with "ov secret update", or choose another name.`,
      );
    }
    const value = await valueFrom(options, address);
    try {
      for (const secret of await writeGuarded(opened, context, "create", { name, value, ...details })) {
        sayStored("Stored", context, secret, value);
      }
    } finally {
      wipe(value);
    }
  };
  await withAccess(cli, `store ${place}`, store, mayWiden(options) ? "terminal" : "anywhere");
}

/** With details only, the value stays as it is. */
export async function updateSecret(cli: Cli, text: string, options: WriteOptions): Promise<void> {
  requirePersonFor(options);
  const address = await secretOf(cli, text, options);
  const { context, name } = address;
  const place = `${formatContext(context)}/${name}`;
  const details = detailsOf(options);
  const keepsValue = Object.keys(details).length > 0 && !namesASource(options);
  const change = async (opened: OpenedVault): Promise<void> => {
    const { access } = opened;
    if (!(await access.list(context)).some((secret) => secret.name === name)) {
      throw new VaultError(
        "secret-not-found",
        `There is no ${place}. See "ov secret list", or store it with "ov secret create".`,
      );
    }
    const request = {
      action: "write",
      client: "ov secret update",
      context,
      names: [name],
      command: keepsValue ? `change the details of ${name}` : `replace the value of ${name}`,
      cwd: cli.cwd,
    } as const;
    // Whoever types a value into the prompt for this very secret needs no second question.
    const settled = options.yes === true || (keepsValue && !options.canary) || (!keepsValue && !namesASource(options));
    const question = options.canary
      ? `Make ${place} a decoy, for good? No run gets it any more.`
      : `Replace the value of ${place}? The old one stays in its history.`;
    await confirmChange(opened, request, question, settled);
    const value = keepsValue ? undefined : await valueFrom(options, address);
    try {
      const draft = value === undefined ? { name, ...details } : { name, value, ...details };
      for (const secret of await writeGuarded(opened, context, "update", draft)) {
        sayStored("Updated", context, secret, value);
      }
    } finally {
      wipe(value);
    }
  };
  await withAccess(cli, `change ${place}`, change, mayWiden(options) ? "terminal" : "anywhere");
}

/** A first secret brings its environment along. */
export async function ensureEnvironment(access: VaultAccess, context: Context): Promise<void> {
  const app = (await access.apps()).find((candidate) => candidate.app === context.app);
  if (app?.environments.some(({ environment }) => environment === context.environment)) return;
  await access.createEnvironment(context);
  say(`Made the environment ${formatContext(context)}.`);
}

export function sayStored(verb: string, context: Context, secret: WrittenSecret, value?: Uint8Array): void {
  const { name, version, weak } = secret;
  say(`${verb} ${formatContext(context)}/${name} (version ${version}).`);
  const unfit = value && unfitForEnvironment(value);
  if (unfit !== undefined) {
    say(`  ${name} ${unfit}, so it can't be an environment variable. Runs have to name the others with --secrets.`);
  }
  if (weak) say(`  ${name} is too short or too common to be hidden in every output. Prefer a longer random value.`);
}

export function requireVersion(text: string): number {
  const version = Number(text);
  if (Number.isInteger(version) && version >= 1) return version;
  throw new VaultError("argument-invalid", 'A version is a number from 1 on. See "ov secret history NAME".');
}
