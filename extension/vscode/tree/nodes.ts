import type { SecretInfo } from "#core/run/vault-access.ts";
import type { Context, ContextName } from "#core/vault/context.ts";

/*
 * What the tree view is made of, and what its menus hand to commands. A command takes an argument only if it is an
 * instance of one of these classes: other extensions and agents can call commands with anything, and make none of them.
 */

export class AppNode {
  readonly app: ContextName;

  constructor(app: ContextName) {
    this.app = app;
  }
}

export class EnvironmentNode {
  readonly context: Context;

  constructor(context: Context) {
    this.context = context;
  }
}

export class SecretNode {
  readonly context: Context;
  /** As it was listed last: names and metadata, never a value. */
  readonly info: SecretInfo;

  constructor(context: Context, info: SecretInfo) {
    this.context = context;
    this.info = info;
  }
}

/** A part of an environment with very many secrets. No command takes it. */
export class RangeNode {
  readonly context: Context;
  readonly index: number;
  /** One at least. */
  readonly infos: readonly SecretInfo[];

  constructor(context: Context, index: number, infos: readonly SecretInfo[]) {
    this.context = context;
    this.index = index;
    this.infos = infos;
  }
}

export type Node = AppNode | EnvironmentNode | RangeNode | SecretNode;
