// Bundles what ships: the `ov` command line and its workers. Native modules stay outside and travel in node_modules.
import { rmSync } from "node:fs";
import { build } from "esbuild";

rmSync("dist", { recursive: true, force: true });

await build({
  entryPoints: {
    ov: "extension/cli/ov.ts",
    "argon2-worker": "extension/core/crypto/argon2-worker.ts",
    "pty-host": "extension/core/run/pty-host.ts",
  },
  outdir: "dist",
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node20",
  mainFields: ["module", "main"], // jsonc-parser's "main" is UMD, whose requires can't be bundled
  external: ["@lydell/node-pty"],
  chunkNames: "chunks/[name]-[hash]",
  legalComments: "linked",
  minifySyntax: true,
  banner: {
    // CommonJS dependencies inside an ES module bundle call require() for node built-ins.
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  logLevel: "warning",
});
