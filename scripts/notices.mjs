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
  // Many have the same licence to the letter: it is told once, for all of them.
  const names = new Map();
  for (const [folder, inputs] of [...packages].sort()) {
    const { name, text } = noticeOf(folder, inputs);
    names.set(text, [...(names.get(text) ?? []), name]);
  }
  const notices = [...names].map(([text, own]) => `${[...new Set(own)].join("\n")}\n\n${text}\n`);
  return notices.join(`\n${"-".repeat(80)}\n`);
}

function noticeOf(folder, inputs) {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const own = readdirSync(folder).filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file));
  // Packages that are bundles themselves name what they hold in comments.
  const inside = inputs.flatMap((file) => readFileSync(file, "utf8").match(/\/\*[\s\S]*?\*\//g) ?? []);
  const texts = [
    ...own.map((file) => readFileSync(`${folder}/${file}`, "utf8").replaceAll("\r\n", "\n").trim()),
    ...new Set(inside.filter((comment) => COPYRIGHT.test(comment)).map(noticeIn)),
  ];
  return { name: `${name} ${version} (${license ?? "see below"})`, text: texts.join("\n\n") };
}

const COPYRIGHT = /\bcopyright\b|\(c\)|©/i;

/** The comment if it gives a licence, else its lines that say whose it is: some are whole manuals. */
function noticeIn(comment) {
  if (/licen[cs]e|permi(?:t|ssion)|warrant/i.test(comment)) return comment;
  return comment
    .split("\n")
    .filter((line) => COPYRIGHT.test(line))
    .join("\n");
}
