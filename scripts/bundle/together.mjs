/**
 * What is loaded together, by the paths of modules that some `import()` names: the first pattern counts, and what none
 * fits is loaded alone (see load-together.mjs). What has to be there fast is alone, such as `ov run`. A group lies in
 * one room, since `ov` can't load what names "vscode".
 */
export const TOGETHER = [
  ["ov-run", /^extension\/cli\/commands\/run\.ts$/],
  ["ov-mcp", /^extension\/cli\/commands\/mcp\.ts$/],
  ["ov-opens", /^extension\/cli\/open-here\.ts$/],
  ["ov-holds", /^extension\/cli\/(commands\/(agent|unlock)|serve)\.ts$/],
  [
    "ov-sets-up",
    /^extension\/cli\/(commands\/(config|devices|doctor|export|import|init|log|sync)|import|server|audit)/,
  ],
  ["ov-uses", /^extension\/cli\//],
  ["unlock", /^extension\/vscode\/commands\/vault\.ts$/],
  ["window", /^extension\/vscode\/(window-deps|serve-window)\.ts$/],
  ["project-file", /^extension\/vscode\/(hints\/)?project-file/],
  ["runs", /^extension\/vscode\/(commands\/run|debug\/|tasks\/|terminal\/)/],
  ["commands", /^extension\/vscode\//],
  ["vault", /^extension\/core\/(vault\/vault|run\/local-access|crypto\/warm-up)\.ts$/],
  ["rules", /^extension\/core\/redact\/(secretlint|own)-rules\.ts$/],
  ["server", /^mcp-server\/(serve-socket|vault-rpc|warm-up)\.ts$/],
  ["questions", /@inquirer\/(confirm|input|password|select)\//],
];

/** What nearly all of ours need, in one file rather than in thirty: `early` also where `ov` and the extension begin. */
export const EVERYWHERE = {
  early: [
    ...core("crypto/hash", "run/approvals", "run/visible-text", "store/file-error", "vault/context"),
    ...core("vault/project-file", "vault/resolve-context", "vault-error"),
    ...mcp("device/paths", "device/private-file", "device/user-config", "device/write-log", "version"),
  ],
  late: [
    ...core("crypto/argon2", "crypto/random", "redact/needles", "redact/weak", "run/child-env", "run/command"),
    ...core("run/find-program", "run/placeholder/require-rule", "run/policy", "run/policy-format", "store/store"),
    ...core("vault/account-slots"),
    ...mcp("device/agent-note", "rpc-calls", "rpc-values"),
  ],
};

function core(...names) {
  return names.map((name) => `extension/core/${name}.ts`);
}

function mcp(...names) {
  return names.map((name) => `mcp-server/${name}.ts`);
}
