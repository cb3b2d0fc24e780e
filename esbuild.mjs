// Bundles what ships into dist/, which needs nothing beside it: the extension, the `ov` command line, their workers, and native modules.
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { build } from "esbuild";
import { keepErrorNames } from "./scripts/bundle/keep-error-names.mjs";
import { leanPackages } from "./scripts/bundle/lean-packages.mjs";
import { loadInSteps } from "./scripts/bundle/load-in-steps.mjs";
import { loadTogether } from "./scripts/bundle/load-together.mjs";
import { pauseInPackages } from "./scripts/bundle/pause-in-packages.mjs";
import { noticesOf } from "./scripts/notices.mjs";

rmSync("dist", { recursive: true, force: true });

const shared = {
  outdir: "dist",
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node20",
  mainFields: ["module", "main"], // jsonc-parser's "main" is UMD, whose requires can't be bundled
  external: ["vscode", "@lydell/node-pty", "@microsoft/mxc-sdk"], // the second is Windows', where there is no sandbox
  chunkNames: "chunks/[name]-[hash]",
  legalComments: "none", // NOTICES.txt has them
  minify: true,
  sourcemap: "external", // for scripts/stack.mjs; not in the package
  banner: {
    // CommonJS dependencies inside an ES module bundle call require() for node built-ins.
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  logLevel: "warning",
  metafile: true,
};

const main = await build({
  ...shared,
  entryPoints: {
    extension: "extension/vscode/activate.ts",
    ov: "extension/cli/ov.ts",
    // Where there is a sandbox (open-sandbox.ts).
    ...(process.platform === "win32" ? {} : { "sandbox-host": "extension/core/run/sandbox/sandbox-host.ts" }),
    "zod-alone": "scripts/bundle/zod-alone.mjs",
  },
  plugins: [leanPackages(), keepErrorNames(), pauseInPackages(), loadTogether(import.meta.dirname)],
});
// Small programs of their own: what they share with the others they hold once more.
const helpers = await build({
  ...shared,
  entryPoints: {
    "argon2-worker": "extension/core/crypto/argon2-worker.ts",
    "pty-host": "extension/core/run/pty-host.ts",
    "take-ticket": "extension/vscode/debug/take-ticket.ts",
  },
});
for (const file of ["dist/zod-alone.js", "dist/zod-alone.js.map"]) rmSync(file);
loadInSteps(main.metafile, "dist/extension.js");
writeFileSync("dist/NOTICES.txt", noticesOf(main.metafile, helpers.metafile));

await build({
  entryPoints: { approvals: "webview/approvals.ts" },
  outdir: "dist/webview",
  bundle: true,
  platform: "browser",
  format: "iife",
  target: "es2023",
  minify: true,
  logLevel: "warning",
});
cpSync("extension/vscode/debug/take_ticket.py", "dist/take_ticket.py");
cpSync("webview/approvals.css", "dist/webview/approvals.css");

// A native module can't be bundled: it goes to dist/node_modules, where the bundle's import finds it.
const unused = process.platform === "win32" ? /^unix/ : /^(windows|conpty|shared$|worker$)/;
for (const name of ["@lydell/node-pty", `@lydell/node-pty-${process.platform}-${process.arch}`]) {
  const filter = (path) => !unused.test(basename(path)) && !/\.(md|ts|pdb)$/.test(path);
  cpSync(`node_modules/${name}`, `dist/node_modules/${name}`, { recursive: true, filter });
}
// Helper programs of the sandbox, found beside the bundle: those for this platform, as the package is for one.
const sandbox = "node_modules/@anthropic-ai/sandbox-runtime";
const filter = (path) => !path.endsWith(".ts");
const sandboxHelpers = { linux: [`seccomp/${process.arch}`, "java-proxy-agent"], darwin: ["java-proxy-agent"] };
for (const name of sandboxHelpers[process.platform] ?? []) {
  cpSync(`${sandbox}/vendor/${name}`, `dist/vendor/${name}`, { recursive: true, filter });
  cpSync(`${sandbox}/LICENSE`, "dist/vendor/LICENSE");
}
