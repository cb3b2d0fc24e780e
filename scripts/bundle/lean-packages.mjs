/** An esbuild plugin that leaves out what packages bring along and nothing here uses. */
export function leanPackages() {
  return {
    name: "lean-packages",
    setup(build) {
      // zod's messages in sixty languages: ours are our own, and a third of a megabyte.
      build.onResolve({ filter: /\/locales\/index\.js$/ }, ({ importer, resolveDir }) =>
        /\bzod\b/.test(importer) ? { path: "zod-locales", namespace: "lean", pluginData: resolveDir } : undefined,
      );
      // The SDK checks only answers to its forms by JSON schema: it ships two validators for that, of which the one for
      // Node is a compiler of 160 kB, made anew for each server, and each request has one.
      build.onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, ({ resolveDir }) => ({
        path: "mcp-shims",
        namespace: "lean",
        pluginData: resolveDir,
      }));
      // Of node-forge, we and the sandbox's library use certificates: no TLS of its own, no PKCS #7, no SSH.
      build.onResolve({ filter: /^node-forge$/ }, ({ resolveDir }) => ({
        path: "node-forge",
        namespace: "lean",
        pluginData: resolveDir,
      }));
      // Other systems' sandboxes, whose functions this one's never calls. A call of what is not there would refuse the run.
      build.onResolve({ filter: OTHER_SANDBOXES }, ({ importer }) =>
        importer.includes("sandbox-runtime") ? { path: "other-sandbox", namespace: "lean" } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: "lean" }, ({ path, pluginData }) => ({
        contents: CONTENTS[path],
        resolveDir: pluginData,
      }));
    },
  };
}

const OTHER_SANDBOXES = new RegExp(
  `^\\./(${process.platform === "darwin" ? "" : "macos|"}windows|mxc)-sandbox-utils\\.js$`,
);

const CONTENTS = {
  "other-sandbox": "module.exports = {};",
  "zod-locales": 'export { default as en } from "../locales/en.js";',
  "mcp-shims": `
    export { CfWorkerJsonSchemaValidator as DefaultJsonSchemaValidator } from "@modelcontextprotocol/server/validators/cf-worker";
    export { default as process } from "node:process";`,
  "node-forge": `
    require("node-forge/lib/md.all");
    require("node-forge/lib/pki");
    module.exports = require("node-forge/lib/forge");`,
};
