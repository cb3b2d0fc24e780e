import { readFile } from "node:fs/promises";

/**
 * An esbuild plugin: the MCP SDK makes hundreds of schemas when it is loaded, for 20 ms and more without a break. Here
 * the event loop gets its turn between its top-level constants, by `await`s that its own build does not have.
 */
export function pauseInPackages() {
  return {
    name: "pause-in-packages",
    setup(build) {
      build.onLoad(
        { filter: /@modelcontextprotocol\/(core|server)\/dist\/(schemas|auth|src)-[^/]*\.mjs$/ },
        async ({ path }) => {
          const text = await readFile(path, "utf8");
          const paused = text.replaceAll(TOP_LEVEL, "await __pause();\n$&");
          if (paused === text) throw new Error(`${path} has no place to pause at.`);
          return { contents: `import { pause as __pause } from "ov:pause";\n${paused}`, loader: "js" };
        },
      );
      build.onResolve({ filter: /^ov:pause$/ }, () => ({ path: "pause", namespace: "pause" }));
      build.onLoad({ filter: /.*/, namespace: "pause" }, () => ({ contents: PAUSE }));
    },
  };
}

const TOP_LEVEL = /^(const|var) \w+ = /gm;

const PAUSE = `
let began = 0;
export function pause() {
  if (performance.now() - began < 3) return undefined;
  return new Promise((resolve) => setImmediate(() => {
    began = performance.now();
    resolve();
  }));
}`;
