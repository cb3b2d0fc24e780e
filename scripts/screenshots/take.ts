// Takes the pictures of docs/images from a real VS Code, in each of three themes: all, or those of the states named on the
// command line. `node scripts/screenshots/take.ts [state …]`, after a build.
import { mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { seedVault } from "../../test/vscode/harness/seeded-vault.ts";
import { screenshot, setTheme, THEMES, type Theme } from "../../test/vscode/harness/theme.ts";
import { startVSCode } from "../../test/vscode/harness/vs-code.ts";
import { DEMO_SECRETS, makeDemoWorkspace } from "../vscode/demo-workspace.ts";
import { STATES, type State } from "./states.ts";

const IMAGES = join(import.meta.dirname, "../../docs/images");

const named = process.argv.slice(2);
const unknown = named.filter((name) => !STATES.some((state) => state.name === name));
if (unknown.length > 0) {
  console.error(`No such state: ${unknown.join(", ")}. There are: ${STATES.map(({ name }) => name).join(", ")}.`);
  process.exit(2);
}
mkdirSync(IMAGES, { recursive: true });
for (const state of STATES) if (named.length === 0 || named.includes(state.name)) await take(state);

/** Each state in a VS Code of its own, so that none shows what an earlier one left. */
async function take({ name, vault, part, show }: State): Promise<void> {
  const code = await startVSCode();
  try {
    if (vault === "locked") seedVault(code.ovHome, DEMO_SECRETS);
    const folder = code.workspace("shop");
    makeDemoWorkspace(folder);
    const window = await code.open(folder);
    await show(window);
    for (const theme of Object.keys(THEMES) as Theme[]) {
      const file = join(IMAGES, `${name}-${theme}.png`);
      await setTheme(window, theme);
      await screenshot(window, file, part);
      console.log(relative(process.cwd(), file));
    }
  } finally {
    await code.close();
  }
}
