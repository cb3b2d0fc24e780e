// The notices of the packages that a bundle holds. MIT and its like ask for them, and esbuild keeps only comments that
// are marked as legal.
import { readdirSync, readFileSync } from "node:fs";

/** Text for a file beside the bundle, from esbuild's metafiles. */
export function noticesOf(...metafiles) {
  const files = metafiles.flatMap(({ outputs }) => Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs)));
  const packages = new Map();
  for (const file of new Set(files)) {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
    if (folder !== undefined) packages.set(folder, [...(packages.get(folder) ?? []), file]);
  }
  const notices = [...packages].map(([folder, inputs]) => noticeOf(folder, inputs));
  return [...new Set(notices)].sort().join(`\n${"-".repeat(80)}\n`);
}

function noticeOf(folder, inputs) {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const own = readdirSync(folder).filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file));
  // Packages that are bundles themselves name what they hold in comments.
  const inside = inputs.flatMap((file) => readFileSync(file, "utf8").match(/\/\*[\s\S]*?\*\//g) ?? []);
  const texts = [
    ...own.map((file) => readFileSync(`${folder}/${file}`, "utf8")),
    ...new Set(inside.filter((comment) => /\bcopyright\b|\(c\)|©/i.test(comment))),
  ];
  return `${name} ${version} (${license ?? "see below"})\n\n${texts.join("\n\n").trim()}\n`;
}
