import { readFile } from "node:fs/promises";

/**
 * An esbuild plugin: some packages take the name of an error from its class, and compare it later with the word that it
 * was in their source. Minified, the class has another name: proxy-chain would answer 500 instead of 407.
 */
export function keepErrorNames() {
  return {
    name: "keep-error-names",
    setup(build) {
      build.onLoad({ filter: /node_modules\/.*\.[cm]?js$/ }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        const kept = text.replaceAll(NAMED_BY_CLASS, 'this.name = "$1"');
        return kept === text ? undefined : { contents: kept, loader: "js" };
      });
    },
  };
}

const NAMED_BY_CLASS = /\bthis\.name = ([A-Z]\w*)\.name\b/g;
