/**
 * What is loaded together, by the paths of modules that some `import()` names: the first pattern counts, and what none
 * fits is loaded alone (see load-together.mjs). What has to be there fast is alone, such as `ov run`. A group lies in
 * one room, since `ov` can't load what names "vscode".
 */
export const TOGETHER = [
  ["ov-run", /^extension\/cli\/(commands\/run|run-here)\.ts$/],
  ["ov-shell", /^extension\/cli\/commands\/shell\.ts$/],
  ["ov-mcp", /^extension\/cli\/commands\/mcp\.ts$/],
  ["ov-opens", /^extension\/cli\/(open-here|token-session)\.ts$/],
  ["ov-holds", /^extension\/cli\/(commands\/(agent|hold|unlock)|serve)\.ts$/],
  ["ov-secret", /^extension\/cli\/(commands\/secret\.ts|secret\/rotate)/],
  // Those that mostly ask another process: nothing that opens a vault belongs here.
  ["ov-asks", /^extension\/cli\/commands\/(app|approve|audit|config|diff|env|lock|policy|recovery|status|token)\.ts$/],
  ["ov-asks", /^extension\/cli\/(audit|secret)\//],
  ["ov-sets-up", /^extension\/cli\//],
  ["unlock", /^extension\/vscode\/commands\/vault\.ts$/],
  ["window", /^extension\/vscode\/(window-deps|serve-window)\.ts$/],
  ["project-file", /^extension\/vscode\/(hints\/)?project-file/],
  ["runs", /^extension\/vscode\/(commands\/run|debug\/|tasks\/|terminal\/)/],
  // Every format that is read, and what seals an export: no other command waits for it.
  ["moves", /^extension\/vscode\/commands\/(import|export)\//],
  ["commands", /^extension\/vscode\//],
  ["vault", /^extension\/core\/(vault\/vault|run\/local-access|crypto\/warm-up)\.ts$/],
  ["at-hand", /^(extension\/core\/(vault-error|vault\/recovery-code)|mcp-server\/device\/private-file)\.ts$/],
  ["rules", /^extension\/core\/redact\/(secretlint|own)-rules\.ts$/],
  ["server", /^mcp-server\/(serve-socket|vault-rpc|warm-up)\.ts$/],
  ["server-use", /^mcp-server\/device\/(log-in|use-server|server-lines)\.ts$/],
  ["questions", /@inquirer\/(confirm|input|password|select)\//],
];

/**
 * What nearly all of them need, in a few files rather than in forty. `early` is also where `ov` and the extension
 * begin, and so has to be light. `all` is for every room, the others for the groups of one.
 */
export const EVERYWHERE = {
  all: {
    early: [
      ...core("crypto/hash", "run/approvals", "run/visible-text", "store/file-error", "vault/context"),
      ...core("run/change-text", "run/policy"),
      ...core("vault/project-file", "vault/resolve-context", "vault/rotation-due", "vault-error"),
      ...mcp("device/paths", "device/private-file", "device/user-config", "device/write-log", "version"),
    ],
    late: [
      ...core(
        "crypto/argon2",
        "crypto/random",
        "import/dotenv-file",
        "import/file-text",
        "import/format-names",
        "import/found-secret",
      ),
      ...core("redact/detectors", "redact/needles", "redact/weak", "run/child-env", "run/command"),
      ...core(
        "run/audit/audit-filter",
        "run/find-program",
        "run/leaked-content",
        "run/piece-watch",
        "run/placeholder/require-rule",
        "run/policy-format",
        "run/policy-text",
        "run/terminal-view",
      ),
      ...core(
        "store/store",
        "store/contract",
        "store/remote/json-shape",
        "store/remote/problem",
        "store/remote/server-error",
      ),
      ...core("vault/account-slots", "vault/recovery-code"),
      ...mcp(
        "device/agent-note",
        "device/find-agent",
        "device/rotation-claim",
        "display-text",
        "intercept-mode",
        "private-socket",
        "remote-access",
      ),
      ...mcp("rpc-calls", "rpc-values"),
    ],
  },
  ov: {
    early: cli("exit-code", "print", "report-error"),
    late: cli(
      "ask-master-password",
      "ask-person",
      "attach-to-agent",
      "confirm-change",
      "context-of",
      "import/import-options",
      "say-alarm",
      "say-leaked",
      "say-placeholders",
      "with-access",
    ),
  },
  vscode: {
    early: vscode("hints/found-credential", "server/server-texts", "show-error", "tree/nodes", "tree/row-texts"),
    late: vscode("ask-person", "commands/recovery/hand-over-code", "pick-context", "pick-secret", "words/policy-words"),
  },
};

/** Who loads the first loads the others, which have no further users: one file then, not several. */
export const WITH = {
  "extension/core/run/held-lease.ts": core("run/matcher-cache"),
};

function core(...names) {
  return names.map((name) => `extension/core/${name}.ts`);
}

function mcp(...names) {
  return names.map((name) => `mcp-server/${name}.ts`);
}

function vscode(...names) {
  return names.map((name) => `extension/vscode/${name}.ts`);
}

function cli(...names) {
  return names.map((name) => `extension/cli/${name}.ts`);
}
