import { readFileSync } from "node:fs";
import { localAccess } from "#core/run/local-access.ts";
import type { Context } from "#core/vault/context.ts";
import { openToken, type TokenSession } from "#core/vault/token/open-token.ts";
import { parseTokenCode } from "#core/vault/token/token-code.ts";
import { VaultError } from "#core/vault-error.ts";
import { requirePrivateFile } from "#mcp/device/require-private-file.ts";
import type { Cli } from "./cli.ts";
import type { OpenedVault } from "./with-access.ts";

/** Opened once a process: the context of a command and its secrets come of the same session. */
const opened = new WeakMap<Cli, Promise<TokenSession>>();

/** What a token may read, if it is one environment: then nobody has to name it. */
export async function contextOfToken(cli: Cli): Promise<Context> {
  const { contexts, name } = await session(cli);
  const [only, ...others] = contexts;
  if (only !== undefined && others.length === 0) return only;
  const list = contexts.map(({ app, environment }) => `${app}/${environment}`).join(", ");
  throw new VaultError(
    "context-missing",
    `The token ${name} is for several environments: ${list}. Name one with --app and --env, or in .ov.yaml.`,
  );
}

/** Runs `use` with what the token of the environment may read. */
export async function withToken<T>(cli: Cli, use: (vault: OpenedVault) => Promise<T>): Promise<T> {
  const token = await session(cli);
  const access = localAccess(token.session, { idleMs: NEVER, isUnattended: true });
  try {
    return await use({ kind: "token", access });
  } finally {
    await access.lock();
    token.close();
    opened.delete(cli);
  }
}

function session(cli: Cli): Promise<TokenSession> {
  let known = opened.get(cli);
  if (known === undefined) {
    known = openToken(parseTokenCode(textOf(cli.env)), Date.now);
    opened.set(cli, known);
  }
  return known;
}

function textOf(env: NodeJS.ProcessEnv): string {
  if (env.OV_TOKEN !== undefined && env.OV_TOKEN !== "") return env.OV_TOKEN;
  const file = env.OV_TOKEN_FILE!; // see isByToken
  requirePrivateFile(file, "the token", env.CREDENTIALS_DIRECTORY);
  return readFileSync(file, "utf8").trim();
}

/** A process lives as long as its command, and nobody else can ask it for anything. */
const NEVER = 24 * 3600_000;
