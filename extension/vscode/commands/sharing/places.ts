import * as vscode from "vscode";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { type Context, formatContext, requireContext } from "#core/vault/context.ts";
import { pickContext } from "../../pick-context.ts";
import { EnvironmentNode } from "../../tree/nodes.ts";
import type { Window } from "../../window.ts";
import { windowError } from "../../words/error-text.ts";

/** One environment, or with `app/*` all that an app has now. */
export interface Place {
  readonly label: string;
  readonly contexts: readonly Context[];
}

/** Refuses where the vault is on this machine alone: nobody else could reach it. */
export function requireOnServer(window: Window): void {
  if (window.remote.face.kind === "server") return;
  throw windowError(
    "argument-invalid",
    vscode.l10n.t(
      'That needs a vault on a server, which the others reach too. Take yours to one with "OpaqueVault: Move Vault to a Server", then try again.',
    ),
  );
}

export function placeOf(context: Context): Place {
  return { label: formatContext(context), contexts: [context] };
}

/** The environments that this account may let others into, the window's own first. Refuses where there are none. */
export async function ownPlaces(window: Window, access: VaultAccess): Promise<readonly Place[]> {
  const active = await window.context.label();
  const places = (await access.apps()).flatMap(({ app, environments }) =>
    environments
      .filter(({ role }) => role === "admin")
      .map(({ environment }) => placeOf(requireContext(app, environment))),
  );
  if (places.length === 0) {
    throw windowError(
      "not-permitted",
      vscode.l10n.t("You are the admin of no environment. Create one, or ask an admin of the one that you mean."),
    );
  }
  return places.toSorted((one, other) => Number(other.label === active) - Number(one.label === active));
}

/** With a place for each app of which several environments are among them. */
export function withWholeApps(places: readonly Place[]): readonly Place[] {
  const all = places.flatMap(({ contexts }) => contexts);
  const whole = [...new Set(all.map(({ app }) => app))]
    .map((app): Place => ({ label: `${app}/*`, contexts: all.filter((context) => context.app === app) }))
    .filter(({ contexts }) => contexts.length > 1);
  return [...places, ...whole];
}

/** Of the tree's own node, or as the person picks. */
export async function contextOf(window: Window, argument: unknown, title: string): Promise<Context | undefined> {
  return argument instanceof EnvironmentNode ? argument.context : pickContext(window, title);
}
