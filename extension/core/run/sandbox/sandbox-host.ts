// A small process that holds the sandbox of one run: see sandbox-process.ts for why.
import { spawn } from "node:child_process";
import { asShellLine, sandboxConfig } from "./sandbox-config.ts";
import type { SandboxAnswer, SandboxRequest } from "./sandbox-request.ts";

type Manager = typeof import("@anthropic-ai/sandbox-runtime")["SandboxManager"];

// Imported where a failure can be told: the library wants a newer Node than the rest does. Not by its front door, which
// also loads schemas for configuration files, and a zod of its own.
const loading = import("@anthropic-ai/sandbox-runtime/dist/sandbox/sandbox-manager.js").then(
  ({ SandboxManager }) => SandboxManager,
);
loading.catch(() => undefined);

process.once("message", (request: SandboxRequest) => {
  loading
    .then((manager) => open(manager, request))
    .then(
      (answer) => process.send?.(answer),
      (error: unknown) => process.send?.({ kind: "refused", reason: String((error as Error).message) }),
    );
});
// The run has ended, or the process that asked for it: bridges and proxies go with it.
process.once("disconnect", () => {
  void loading.then((manager) => manager.reset()).finally(() => process.exit());
});

async function open(manager: Manager, request: SandboxRequest): Promise<SandboxAnswer> {
  await manager.initialize(sandboxConfig(request));
  const { warnings } = manager.checkDependencies();
  // Without this filter a child could ask a program outside to act for it, through a socket in the file system.
  const unfiltered = warnings.find((warning) => warning.includes("seccomp"));
  if (unfiltered !== undefined) return { kind: "refused", reason: unfiltered };
  const wrap = async (line: string): Promise<readonly string[]> => {
    return (await manager.wrapWithSandboxArgv(line, "/bin/sh")).argv;
  };
  const [argv, problem] = await Promise.all([
    wrap(asShellLine(request.command)),
    request.isFirst ? wrap("true").then(tryOut) : undefined,
  ]);
  if (problem !== undefined) return { kind: "refused", reason: problem };
  return { kind: "ready", argv, token: manager.getProxyAuthToken() };
}

/**
 * Everything may be installed and still be forbidden, as in most containers. Found out before the run begins, because
 * afterwards the failure would look like the command's own.
 */
function tryOut([file, ...args]: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(file!, args, { stdio: ["ignore", "ignore", "pipe"], timeout: 10_000, killSignal: "SIGKILL" });
    let stderr = "";
    child.stderr.on("data", (text) => (stderr += text));
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code) => resolve(code === 0 ? undefined : stderr.trim().split("\n")[0] || "it does not start"));
  });
}
