import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";
import { installBrowser, installVSCode } from "../../../scripts/vscode/install.ts";
import { startServer } from "../../../scripts/vscode/server.ts";
import { packVsix } from "../../../scripts/vscode/vsix.ts";
import { type EditorWindow, openEditorWindow, PATIENCE, suiteAddress } from "./editor-window.ts";
import type { HostSuite } from "./host-suite.ts";
import { QUIET, type Settings, writeSettings } from "./settings.ts";

export interface VSCodeOptions {
  readonly settings?: Settings;
  /** Further extensions, as folders; the one that runs `inHost` is always there. */
  readonly extensionFolders?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Default false: folders are trusted, without a question. */
  readonly workspaceTrust?: boolean;
  /** For openSuite. VS Code shows some of its questions differently then, so windows for people do without. */
  readonly suites?: boolean;
}

/** A VS Code of its own: the packed extension, an empty OV_HOME, and nothing of the person's who runs the tests. */
export interface VSCode {
  /** Everything it wrote is below. */
  readonly folder: string;
  readonly ovHome: string;
  /** A workspace folder to open; new at each name. */
  workspace(name: string): string;
  open(folder: string): Promise<EditorWindow>;
  /** Opens a window that runs a mocha suite; the suite tells how it went. Needs the option `suites`. */
  openSuite(folder: string, suite: HostSuite): Promise<void>;
  serverOutput(): string;
  close(): Promise<void>;
}

export async function startVSCode(options: VSCodeOptions = {}): Promise<VSCode> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ov-code-")));
  const ovHome = join(folder, "ov");
  const hands = join(folder, "hands");
  for (const path of [ovHome, hands]) mkdirSync(path, { mode: 0o700 });
  writeSettings(join(folder, "data"), { ...QUIET, ...options.settings });
  const removeFolder = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.once("exit", removeFolder);

  const server = await startServer({
    server: installVSCode(),
    folder,
    temporary: join(folder, "tmp"),
    vsix: packVsix(),
    extensionFolders: [HAND, ...(options.extensionFolders ?? [])],
    environment: { OV_HOME: ovHome, OV_TEST_HANDS: hands, ...options.environment },
    workspaceTrust: options.workspaceTrust ?? false,
    suites: options.suites ?? false,
  });
  let browser: BrowserContext;
  try {
    browser = await openBrowser(join(folder, "browser"));
  } catch (error) {
    await server.close();
    throw error;
  }
  return {
    folder,
    ovHome,
    workspace(name) {
      const path = join(folder, "workspaces", name);
      mkdirSync(path, { recursive: true });
      return path;
    },
    open: (path) => openEditorWindow(browser, { port: server.port, folder: path, hands }),
    async openSuite(path, suite) {
      const page = await browser.newPage();
      await page.goto(suiteAddress(server.port, path, suite));
    },
    serverOutput: server.output,
    async close() {
      await browser.close();
      await server.close();
      removeFolder();
      process.removeListener("exit", removeFolder);
    },
  };
}

const HAND = join(import.meta.dirname, "../fixtures/hand");

/** One profile for all windows of a VS Code: what one window stores, the next one finds. */
function openBrowser(profile: string): Promise<BrowserContext> {
  const quiet = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"];
  return chromium.launchPersistentContext(profile, {
    executablePath: installBrowser(),
    args: ["--no-sandbox", "--disable-gpu", "--disable-sync", ...quiet],
    timeout: 2 * PATIENCE,
    viewport: { width: 1280, height: 800 },
    permissions: ["clipboard-read", "clipboard-write"],
  });
}
