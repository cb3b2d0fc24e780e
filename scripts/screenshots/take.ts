// Takes the pictures of docs/images and of the walkthrough from a real VS Code: all, or those of the states named on the
// command line. `node scripts/screenshots/take.ts [state …]`, after a build.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import type { EditorWindow } from "../../test/vscode/harness/editor-window.ts";
import type { Settings } from "../../test/vscode/harness/settings.ts";
import { screenshot, setTheme, THEMES, type Theme } from "../../test/vscode/harness/theme.ts";
import { startVSCode } from "../../test/vscode/harness/vs-code.ts";
import { makeDemoWorkspace } from "../vscode/demo-workspace.ts";
import { makeDemoVault } from "./demo-vault.ts";
import { withFewColours } from "./few-colours.ts";
import { STATES, type State } from "./states.ts";

const ROOT = join(import.meta.dirname, "../..");
/** Small enough that its text can be read on a page that is narrower. */
const SIZE = { width: 1100, height: 720 };
const SIDEBAR_WIDTH = 400;

/** Beside what tests do without: nothing that tells of this machine, or that comes and goes. */
const CALM: Settings = {
  "window.title": "shop",
  "editor.minimap.enabled": false,
  "editor.wordWrap": "on",
  "typescript.disableAutomaticTypeAcquisition": true,
};

/** With a key that is made up, and put together here so that no scanner of this repository stops at it. */
const CARELESS = `import Stripe from "stripe";

const stripe = new Stripe("${["sk_live", "4eC39HqLyjWDarjtT1zdp7dc"].join("_")}");
await stripe.charges.create({ amount: 2000, currency: "eur" });
`;

const named = process.argv.slice(2);
const unknown = named.filter((name) => !STATES.some((state) => state.name === name));
if (unknown.length > 0) {
  console.error(`No such state: ${unknown.join(", ")}. There are: ${STATES.map(({ name }) => name).join(", ")}.`);
  process.exit(2);
}
for (const state of STATES) if (named.length === 0 || named.includes(state.name)) await take(state);

/** Each state in a VS Code of its own, so that none shows what an earlier one left. */
async function take({ name, vault, part, inAllThemes, show }: State): Promise<void> {
  const code = await startVSCode({ settings: CALM });
  const projects = mkdtempSync(join(tmpdir(), "demo-"));
  let end: (() => Promise<void>) | undefined;
  try {
    if (vault === "locked") makeDemoVault(code.ovHome);
    const folder = join(projects, "shop");
    makeDemoWorkspace(folder);
    writeFileSync(join(folder, "charge.js"), CARELESS);
    writeFileSync(join(folder, ".npmrc"), "update-notifier=false\n");
    const window = await code.open(folder);
    await window.page.setViewportSize(SIZE);
    await widenSidebar(window);
    end = (await show(window)) ?? undefined;
    await languagesRest(window);
    for (const theme of inAllThemes === true ? (Object.keys(THEMES) as Theme[]) : (["dark"] as const)) {
      const file = fileOf(name, theme);
      mkdirSync(dirname(file), { recursive: true });
      await setTheme(window, theme);
      await screenshot(window, file, part);
      withFewColours(file);
      console.log(relative(process.cwd(), file));
    }
  } finally {
    await code.close();
    await end?.();
    rmSync(projects, { recursive: true, force: true });
  }
}

async function widenSidebar({ page, step }: EditorWindow): Promise<void> {
  await step("widen the sidebar", async () => {
    const sidebar = page.locator(".part.sidebar");
    await sidebar.waitFor();
    const { x, y, width } = (await sidebar.boundingBox())!;
    await page.mouse.move(x + width, y + 200);
    await page.mouse.down();
    await page.mouse.move(x + SIDEBAR_WIDTH, y + 200, { steps: 4 });
    await page.mouse.up();
  });
}

/** Their progress stands in the status bar for a few seconds. */
async function languagesRest({ page, step }: EditorWindow): Promise<void> {
  await step("wait for the languages", () =>
    page.locator(".statusbar-item", { hasText: /Analyzing|Fetching|Initializing/ }).waitFor({ state: "detached" }),
  );
}

function fileOf(name: string, theme: Theme): string {
  const folder = name.startsWith("walkthrough/") ? "media" : "docs/images";
  return join(ROOT, folder, `${name}${theme === "dark" ? "" : `-${theme}`}.png`);
}
