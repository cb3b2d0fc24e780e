// Bundles the server into dist-api/, apart from what ships in the VSIX: `node api-server/esbuild.mjs`.
import { rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

rmSync("dist-api", { recursive: true, force: true });

const { metafile } = await build({
  entryPoints: { "ov-api": "api-server/main.ts" },
  outdir: "dist-api",
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node24",
  outExtension: { ".js": ".mjs" },
  // What Nest and pg load only if somebody installed it.
  external: [
    "@nestjs/websockets",
    "@nestjs/microservices",
    "@nestjs/platform-express",
    "class-transformer",
    "class-validator",
    "pg-native",
    "@fastify/static",
    "@fastify/view",
    "@fastify/multipart",
  ],
  legalComments: "linked",
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  metafile: true,
  logLevel: "warning",
});
writeFileSync("dist-api/files.json", JSON.stringify(Object.keys(metafile.inputs).sort(), undefined, 1));
