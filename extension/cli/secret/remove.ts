import { formatContext, requireSecretName } from "#core/vault/context.ts";
import type { Cli } from "../cli.ts";
import { confirmChange, confirmRemoval } from "../confirm-change.ts";
import { type ContextOptions, secretOf } from "../context-of.ts";
import { say } from "../print.ts";
import { withTerminal } from "../terminal.ts";
import { type OpenedVault, withAccess } from "../with-access.ts";
import { withProof } from "../with-approval.ts";
import { requireVersion, sayStored } from "./write.ts";

type Options = ContextOptions & { readonly yes?: true };

export async function deleteSecret(cli: Cli, text: string, options: Options): Promise<void> {
  const { context, name } = await secretOf(cli, text, options);
  const place = `${formatContext(context)}/${name}`;
  await withAccess(cli, `delete ${place}`, async (opened) => {
    const request = {
      action: "delete",
      client: "ov secret delete",
      context,
      names: [name],
      command: `delete ${name}`,
      cwd: cli.cwd,
    } as const;
    await confirmChange(opened, request, `Delete ${place}? It can be brought back.`, options.yes === true);
    await opened.access.delete(context, name);
    say(`Deleted ${place}. "ov secret undelete ${place}" brings it back; "ov secret purge ${place}" destroys it.`);
  });
}

export async function undeleteSecret(cli: Cli, text: string, options: ContextOptions): Promise<void> {
  const { context, name } = await secretOf(cli, text, options);
  const place = `${formatContext(context)}/${name}`;
  await withAccess(cli, `bring back ${place}`, async ({ access }) => {
    await access.undelete(context, name);
    say(`${place} is back.`);
  });
}

/** There is no way back from a purge, so it takes the master password at a terminal. */
export async function purgeSecret(
  cli: Cli,
  text: string,
  options: ContextOptions & { readonly keep?: string },
): Promise<void> {
  const { context, name } = await secretOf(cli, text, options);
  const keep = options.keep === undefined ? undefined : requireVersion(options.keep);
  const place = `${formatContext(context)}/${name}`;
  const what = keep === undefined ? "every version" : `all but the newest ${keep} versions`;
  await withAccess(
    cli,
    `destroy ${what} of ${place} for good`,
    async (opened) => {
      await confirmRemoval(opened, `Destroy ${what} of ${place}, for good?`);
      await opened.access.purge(context, name, keep);
      say(`Purged ${place}.`);
    },
    "terminal",
  );
}

/** What was exposed and is harmless only a person can judge. */
export async function clearExposed(cli: Cli, text: string, options: ContextOptions): Promise<void> {
  const { context, name } = await secretOf(cli, text, options);
  const place = `${formatContext(context)}/${name}`;
  const clear = (opened: OpenedVault): Promise<void> =>
    withTerminal("Clearing an exposed value", (terminal) =>
      withProof(terminal, opened, (password) => opened.access.clearExposed(context, name, password)),
    );
  await withAccess(cli, `take the mark off ${place}`, clear, "terminal");
  say(`${place} is not marked as exposed any more. It has the value that it had.`);
}

export async function renameSecret(cli: Cli, text: string, to: string, options: Options): Promise<void> {
  const { context, name } = await secretOf(cli, text, options);
  const next = requireSecretName(to);
  const place = `${formatContext(context)}/${name}`;
  await withAccess(cli, `rename ${place}`, async (opened) => {
    const request = {
      action: "write",
      client: "ov secret rename",
      context,
      names: [name],
      command: `rename ${name} to ${next}`,
      cwd: cli.cwd,
    } as const;
    await confirmChange(opened, request, `Rename ${place} to ${next}?`, options.yes === true);
    await opened.access.rename(context, name, next);
    say(`${place} is ${next} now.`);
  });
}

export async function rollbackSecret(
  cli: Cli,
  text: string,
  options: Options & { readonly to: string },
): Promise<void> {
  const { context, name } = await secretOf(cli, text, options);
  const version = requireVersion(options.to);
  const place = `${formatContext(context)}/${name}`;
  await withAccess(cli, `roll back ${place}`, async (opened) => {
    const request = {
      action: "write",
      client: "ov secret rollback",
      context,
      names: [name],
      command: `roll ${name} back to version ${version}`,
      cwd: cli.cwd,
    } as const;
    await confirmChange(
      opened,
      request,
      `Make version ${version} of ${place} the current one again?`,
      options.yes === true,
    );
    sayStored(`Rolled back to version ${version}:`, context, await opened.access.rollback(context, name, version));
  });
}
