import { VaultError } from "../vault-error.ts";
import { loadsCode } from "./code-loading-names.ts";

/** The name of an app or an environment: 1-64 of a-z A-Z 0-9 . _ - and no dot or dash in front. */
export type ContextName = string & { readonly brand: "ContextName" };

/** A secret's name, which is also the name of the environment variable: [A-Za-z_][A-Za-z0-9_]{0,127}. */
export type SecretName = string & { readonly brand: "SecretName" };

/** The app and environment that a set of secrets belongs to. */
export interface Context {
  readonly app: ContextName;
  readonly environment: ContextName;
}

export function asContextName(text: string): ContextName | undefined {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/.test(text) ? (text as ContextName) : undefined;
}

/** Refuses names that programs, loaders or shells take as code or search paths, in any case of letters. */
export function asSecretName(text: string): SecretName | undefined {
  return /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(text) && !loadsCode(text) ? (text as SecretName) : undefined;
}

export function requireContext(app: string, environment: string): Context {
  return { app: requireContextName(app), environment: requireContextName(environment) };
}

export function requireContextName(text: string): ContextName {
  const name = asContextName(text);
  if (name === undefined) {
    throw new VaultError(
      "name-invalid",
      `${quote(text)} can't be the name of an app or environment. Use 1 to 64 letters, digits, ".", "_" or "-", and begin with a letter, digit or "_".`,
    );
  }
  return name;
}

export function requireSecretName(text: string): SecretName {
  const name = asSecretName(text);
  if (name !== undefined) return name;
  if (loadsCode(text)) {
    throw new VaultError(
      "name-invalid",
      `${quote(text)} can't be a secret: programs load code or look for programs through this variable. Choose another name.`,
    );
  }
  throw new VaultError(
    "name-invalid",
    `${quote(text)} can't be the name of a secret. Use 1 to 128 letters, digits or "_", and begin with a letter or "_".`,
  );
}

export function formatContext(context: Context): string {
  return `${context.app}/${context.environment}`;
}

/** Splits `app/environment`, or refuses with name-invalid. */
export function parseContext(text: string): Context {
  const parts = text.split("/");
  if (parts.length !== 2) {
    throw new VaultError("name-invalid", `${quote(text)} is no context. Write it as app/environment.`);
  }
  return requireContext(parts[0]!, parts[1]!);
}

/** Environments that always ask a person, by name: prod, production, live, and these as the first or last word. */
export function isProduction(context: Context): boolean {
  return /(^|[._-])(prod|production|live)([._-]|$)/i.test(context.environment);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
