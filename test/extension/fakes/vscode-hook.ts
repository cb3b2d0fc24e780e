import { registerHooks } from "node:module";

const FAKE = new URL("./vscode.ts", import.meta.url).href;

// Node has no module "vscode". What is imported after this one gets the fake; so import it by `await import()`.
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "vscode" ? { url: FAKE, shortCircuit: true } : next(specifier, context),
});
