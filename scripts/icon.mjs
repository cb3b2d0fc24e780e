// Draws media/icon.png, which the Marketplace wants, from media/icon.svg. Needs Debian's chromium.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { withFewColours } from "./screenshots/few-colours.ts";

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
await page.setContent(`<style>body{margin:0}</style>${readFileSync("media/icon.svg", "utf8")}`);
await page.screenshot({ path: "media/icon.png", omitBackground: true });
await browser.close();
withFewColours("media/icon.png");
