import { wipe } from "#core/crypto/wipe.ts";
import { MatcherCache } from "#core/run/matcher-cache.ts";
import { type RotateDeps, rotateEverywhere } from "#core/run/rotation/rotate.ts";
import type { RotationInfo } from "#core/run/rotation/rotation-step.ts";
import { type Context, formatContext, parseContext, type SecretName } from "#core/vault/context.ts";
import type { RotationProvider } from "#core/vault/rotation-item.ts";
import { VaultError } from "#core/vault-error.ts";
import { atWorkElsewhere, claimRotation, isAtWorkElsewhere } from "#mcp/device/rotation-claim.ts";
import type { Cli } from "../cli.ts";
import { confirmChange } from "../confirm-change.ts";
import { namesOf, secretOf } from "../context-of.ts";
import { say } from "../print.ts";
import { sayLeaked } from "../say-leaked.ts";
import { type OpenedVault, withAccess } from "../with-access.ts";
import { provedPassword, withApproval } from "../with-approval.ts";
import { type ValueOptions, valueFrom } from "./value-source.ts";

export interface RotateOptions extends ValueOptions {
  readonly app?: string;
  readonly env?: readonly string[];
  /** Other secrets for the program. */
  readonly secrets?: string;
  readonly yes?: true;
}

/** A new value in every environment that is named; those that share a value go on to share the new one. */
export async function rotateSecret(
  cli: Cli,
  text: string,
  words: readonly string[],
  options: RotateOptions,
): Promise<void> {
  const { name, contexts } = await whatToRotate(cli, text, options);
  const provider = providerOf(cli, words, options);
  const place = `${contexts.map(formatContext).join(", ")}: ${name}`;
  const rotate = async (opened: OpenedVault): Promise<void> => {
    const { access } = opened;
    const open = (await access.rotations()).filter((rotation) => isOf(rotation, name, contexts));
    const [first] = open;
    if (first !== undefined) {
      if (await isAtWorkElsewhere(cli.paths.runtime, first.id)) throw atWorkElsewhere();
      return refuseSecond(first);
    }
    if (provider === undefined) await confirm(cli, opened, name, contexts, options);
    // It is told by this which of them have the same value.
    const password = contexts.length > 1 ? await provedPassword(opened, "Rotating in several environments") : undefined;
    await withRotateDeps(cli, opened, options, password, async (deps) => {
      const asked = { name, contexts, ...(provider === undefined ? {} : { provider }) };
      await rotateEverywhere(deps, { ...asked, ...(password === undefined ? {} : { password }) }, sayRotated);
    }).finally(() => wipe(password));
  };
  await withAccess(cli, `rotate ${place}`, rotate, contexts.length > 1 ? "terminal" : "anywhere");
}

/** What both ways, beginning and going on, need: approvals by this terminal, and an end by Ctrl-C that can be resumed. */
export async function withRotateDeps(
  cli: Cli,
  opened: OpenedVault,
  options: ValueOptions,
  password: Uint8Array | undefined,
  use: (deps: RotateDeps) => Promise<void>,
): Promise<void> {
  const { access } = opened;
  const matchers = new MatcherCache();
  const ending = new AbortController();
  const end = (): void => ending.abort();
  for (const signal of SIGNALS) process.on(signal, end);
  let isStdinRead = false;
  try {
    await use({
      access: {
        lease: (asked, _ask, signal) => withApproval(opened, (ask) => access.lease(asked, ask, signal), password),
        settle: (...ended) => access.settle(...ended),
        rotate: (step) => access.rotate(step),
      },
      client: "ov secret rotate",
      claim: (id) => claimRotation(cli.paths.runtime, id),
      parentEnv: cli.env,
      matchers,
      newValue: async ({ home, name }) => {
        if (options.stdin && isStdinRead) throw onceOnly(name);
        isStdinRead = true;
        return valueFrom(options, { context: home, name, source: "arguments" });
      },
      onOutput: (output, leaked, context) => {
        process.stderr.write(output);
        sayLeaked(context, leaked);
      },
      signal: ending.signal,
    });
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
    matchers.close();
  }
}

export function sayRotated({ name, contexts }: RotationInfo): void {
  say(`Rotated ${name} in ${contexts.map(formatContext).join(", ")}.`);
}

/** Words after `--`, run in this folder. */
export function providerOf(cli: Cli, words: readonly string[], options: RotateOptions): RotationProvider | undefined {
  if (words.length === 0) {
    if (options.secrets === undefined) return undefined;
    throw new VaultError("argument-invalid", "--secrets goes with a program after --, which gets them.");
  }
  if (options.stdin || options.file !== undefined || options.generate !== undefined) {
    throw new VaultError(
      "argument-invalid",
      "A program makes the new value, or --stdin, --file or --generate. Use one.",
    );
  }
  return { command: words, cwd: cli.cwd, secrets: namesOf(options.secrets) ?? [] };
}

/** Of `--env a,b`, of `--env app/a`, else of the name, else of the folder. */
async function whatToRotate(
  cli: Cli,
  text: string,
  { app, env }: RotateOptions,
): Promise<{ readonly name: SecretName; readonly contexts: readonly Context[] }> {
  if (env === undefined) {
    const { name, context } = await secretOf(cli, text, app === undefined ? {} : { app });
    return { name, contexts: [context] };
  }
  const named = env.flatMap((list) => list.split(",")).map((each) => each.trim());
  const contexts: Context[] = [];
  let name: SecretName | undefined;
  for (const each of named) {
    const place = each.includes("/") ? parseContext(each) : { app, environment: each };
    const given = { ...(place.app === undefined ? {} : { app: place.app }), env: place.environment };
    const address = await secretOf(cli, text, given);
    name = address.name;
    contexts.push(address.context);
  }
  return { name: name!, contexts }; // commander takes no empty --env
}

async function confirm(
  cli: Cli,
  opened: OpenedVault,
  name: SecretName,
  contexts: readonly Context[],
  options: RotateOptions,
): Promise<void> {
  const isTyped = options.stdin === undefined && options.file === undefined && options.generate === undefined;
  for (const context of contexts) {
    const request = {
      action: "write",
      client: "ov secret rotate",
      context,
      names: [name],
      command: `give ${name} a new value`,
      cwd: cli.cwd,
    } as const;
    const question = `Give ${formatContext(context)}/${name} a new value? The old one stays in its history.`;
    await confirmChange(opened, request, question, options.yes === true || isTyped);
  }
}

function isOf(rotation: RotationInfo, name: SecretName, contexts: readonly Context[]): boolean {
  const wanted = contexts.map(formatContext);
  return rotation.name === name && rotation.contexts.some((context) => wanted.includes(formatContext(context)));
}

function refuseSecond({ name, home, began }: RotationInfo): never {
  throw new VaultError(
    "vault-conflict",
    `A rotation of ${formatContext(home)}/${name} from ${new Date(began).toISOString()} has not ended. Go on with it by "ov secret rotate --resume", or give it up by "ov secret rotate --abort".`,
  );
}

function onceOnly(name: SecretName): VaultError {
  return new VaultError(
    "argument-invalid",
    `The environments have several values of ${name}, and stdin has one. Rotate those that have another one by themselves.`,
  );
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
