// Takes the picture of `npm start`: `node scripts/screenshots/demo.mjs`. Needs Debian's chromium.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AnsiUp } from "ansi_up";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const WIDTH = 1080;
const LINE = 20;

const { stdout } = spawnSync(process.execPath, ["scripts/demo.mjs"], {
  encoding: "utf8",
  env: { ...process.env, FORCE_COLOR: "1" },
});
const part = stdout.slice(stdout.indexOf("The service is called") - 5, stdout.indexOf("For a vault of your own") - 5);
picture("docs/images/demo.png", part.replaceAll(process.execPath, "node").replaceAll("'node'", "node"));

/** A terminal's text as a PNG. */
function picture(file, text) {
  const lines = text
    .trim()
    .split("\n")
    .flatMap((line) => wrap(line, 118));
  const ansi = new AnsiUp();
  const html = `<!doctype html><meta charset="utf-8"><style>
    body { margin: 0; padding: 20px 24px; background: #1e1e1e; color: #d4d4d4; font: 14px/${LINE}px "DejaVu Sans Mono", monospace }
    pre { margin: 0; font: inherit }
  </style><pre>${ansi.ansi_to_html(lines.join("\n"))}</pre>`;
  const folder = mkdtempSync(join(tmpdir(), "ov-picture-"));
  const page = join(folder, "page.html");
  writeFileSync(page, html);
  const height = lines.length * LINE + 40;
  const quiet = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
  ];
  const shot = [
    `--screenshot=${file}`,
    `--window-size=${WIDTH},${height}`,
    `--user-data-dir=${join(folder, "profile")}`,
  ];
  execFileSync(CHROMIUM, [...quiet, ...shot, `file://${page}`], { stdio: ["ignore", "ignore", "ignore"] });
  rmSync(folder, { recursive: true, force: true });
  console.log(file);
}

function wrap(line, width) {
  const pieces = [];
  for (let rest = line; ; rest = `      ${rest.slice(width)}`) {
    if (rest.length <= width + 12) return [...pieces, rest];
    pieces.push(rest.slice(0, width));
  }
}
