import * as vscode from "vscode";
import { isolationOf, type Policy, PRESETS, type Preset, TRAITS, verdictOn } from "#core/run/policy.ts";
import { policyChanges } from "#core/run/policy-text.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { type Context, formatContext } from "#core/vault/context.ts";
import { confirmed, withPassword } from "../ask-person.ts";
import { pickContext } from "../pick-context.ts";
import { EnvironmentNode } from "../tree/nodes.ts";
import type { Window } from "../window.ts";
import { changeText, networkWords, presetText, sandboxText, traitText, verdictText } from "../words/policy-words.ts";

/** What applies in an environment, what is allowed there now, and another preset. */
export async function managePolicy(window: Window, argument: unknown): Promise<void> {
  const access = await window.unlocked();
  const context =
    argument instanceof EnvironmentNode
      ? argument.context
      : await pickContext(window, vscode.l10n.t("Manage Grants and Policy"));
  if (context === undefined) return;
  const { policy, isDefault } = await access.policy(context);
  const picked = await vscode.window.showQuickPick(
    [...rules(policy), ...(await grants(access, context)), ...presets(policy)],
    {
      title: vscode.l10n.t("OpaqueVault: Policy of {0}", formatContext(context)),
      placeHolder: isDefault
        ? vscode.l10n.t("Preset {0}, the default for this name", presetText(policy.preset))
        : vscode.l10n.t("Preset {0}, set in the vault", presetText(policy.preset)),
      matchOnDescription: true,
    },
  );
  if (picked?.ends !== undefined) await access.endApproval(picked.ends);
  else if (picked?.preset !== undefined) await changePreset(access, context, policy, picked.preset);
  else if (picked?.hint !== undefined) await vscode.window.showInformationMessage(picked.hint);
}

interface Item extends vscode.QuickPickItem {
  readonly ends?: string;
  readonly preset?: Preset;
  readonly hint?: string;
}

function rules(policy: Policy): readonly Item[] {
  const hint = vscode.l10n.t('Single rules are set in a terminal: "ov policy set --help".');
  const { network, sandbox } = isolationOf(policy);
  return [
    separator(vscode.l10n.t("What commands may do")),
    ...TRAITS.map((trait) => ({
      label: `$(${ICON[verdictOn(policy, trait).verdict]}) ${verdictText(verdictOn(policy, trait).verdict)}`,
      description: traitText(trait),
      hint,
    })),
    ...policy.deny.map(({ program }) => ({
      label: `$(${ICON.deny}) ${verdictText("deny")}`,
      description: program,
      hint,
    })),
    ...policy.allow.map(({ program }) => ({
      label: `$(${ICON.allow}) ${verdictText("allow")}`,
      description: program,
      hint,
    })),
    { label: `$(globe) ${vscode.l10n.t("Network")}`, description: networkWords(network), hint },
    { label: `$(lock) ${vscode.l10n.t("Sandbox")}`, description: sandboxText(sandbox), hint },
  ];
}

async function grants(access: VaultAccess, context: Context): Promise<readonly Item[]> {
  const name = formatContext(context);
  const standing = (await access.approvals()).filter((approval) => formatContext(approval.context) === name);
  if (standing.length === 0) return [];
  return [
    separator(vscode.l10n.t("Allowed now (choose one to end it)")),
    ...standing.map(({ id, command, expiresAt }) => ({
      label: `$(check) ${command ?? vscode.l10n.t("every command")}`,
      description:
        expiresAt === undefined
          ? vscode.l10n.t("until lock")
          : vscode.l10n.t("{0} min left", Math.ceil((expiresAt - Date.now()) / 60_000)),
      ends: id,
    })),
  ];
}

function presets(policy: Policy): readonly Item[] {
  return [
    separator(vscode.l10n.t("Change to")),
    ...PRESETS.filter((preset) => preset !== policy.preset).map((preset) => ({
      label: `$(shield) ${presetText(preset)}`,
      description: MEANING()[preset],
      preset,
    })),
  ];
}

/** Shows what will be different, and takes the master password: nothing else may loosen what holds an agent. */
async function changePreset(access: VaultAccess, context: Context, before: Policy, preset: Preset): Promise<void> {
  const after: Policy = { ...before, preset };
  const question = vscode.l10n.t("Change the policy of {0} to {1}?", formatContext(context), presetText(preset));
  if (!(await confirmed(question, policyChanges(before, after).map(changeText).join("\n"), vscode.l10n.t("Change"))))
    return;
  await withPassword(
    vscode.l10n.t("Policy of {0}", formatContext(context)),
    vscode.l10n.t("Master password"),
    (password) => access.setPolicy(context, after, password),
  );
}

function separator(label: string): Item {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

const ICON = { allow: "pass", ask: "question", deny: "circle-slash" } as const;

const MEANING = (): Readonly<Record<Preset, string>> => ({
  open: vscode.l10n.t("any command, after approval"),
  careful: vscode.l10n.t("asks each time about inline code, debuggers, sudo and environment dumps"),
  strict: vscode.l10n.t("only programs that a rule names, in a sandbox"),
  production: vscode.l10n.t("asks about every use"),
});
