import * as vscode from "vscode";
import type { Context } from "#core/vault/context.ts";
import { AppNode, type Node, SecretNode } from "./nodes.ts";

/**
 * Lets secrets be dragged to another environment. What is dragged is remembered here: into the data that VS Code
 * carries, and that other views may take, goes nothing.
 */
export function dragSecrets(
  drop: (secrets: readonly SecretNode[], to: Context) => Promise<void>,
): vscode.TreeDragAndDropController<Node> {
  let dragged: readonly SecretNode[] = [];
  return {
    dragMimeTypes: [],
    dropMimeTypes: [OWN],
    handleDrag: (nodes, data) => {
      dragged = nodes.filter((node) => node instanceof SecretNode);
      if (dragged.length > 0) data.set(OWN, new vscode.DataTransferItem(""));
    },
    handleDrop: async (target, data) => {
      const secrets = dragged;
      dragged = [];
      if (data.get(OWN) === undefined || secrets.length === 0) return;
      if (target !== undefined && !(target instanceof AppNode)) await drop(secrets, target.context);
    },
  };
}

const OWN = "application/vnd.code.tree.opaquevault.secrets";
