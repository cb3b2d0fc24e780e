import { createHash } from "node:crypto";
import { HOW_TO_USE, type RecoveryKit } from "./recovery-kit.ts";

/**
 * The kit as one HTML page to be printed: no script, nothing from elsewhere, and a policy that would let none of it in.
 * The only style that it may have is the one whose hash the policy names.
 */
export function kitPage({ code, account, words, server, made, counters }: RecoveryKit): string {
  const hash = createHash("sha256").update(STYLE).digest("base64");
  const environments = counters.environments.map(({ id, counter }) => `<li>environment ${id} <b>${counter}</b></li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>OpaqueVault recovery kit</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<h1>Recovery kit</h1>
<p>OpaqueVault, made ${new Date(made).toISOString().slice(0, 10)}</p>
</header>
<p class="screen">Print this page, check the printout, then delete the file: whoever has it opens the vault.</p>
<section class="code">
<h2>Recovery code</h2>
<p class="groups">${grouped(code)}</p>
</section>
<section>
<h2>Account</h2>
<p class="id">${escapeText(account)}</p>
${wordList(words)}
</section>
${server === undefined ? "" : `<section>\n<h2>Server</h2>\n<p class="id">${escapeText(server.url)}</p>\n${wordList(server.words)}\n</section>`}
<section>
<h2>Counters</h2>
<ul class="counters"><li>account <b>${counters.account}</b></li>${environments.join("")}</ul>
</section>
<section>
<h2>How to use it</h2>
<pre>${HOW_TO_USE.map(escapeText).join("\n")}</pre>
</section>
<footer>
<p>Kept at <span class="line"></span></p>
<p>Checked on <span class="line"></span></p>
</footer>
</main>
</body>
</html>
`;
}

/** Three in a row, each with its number, which is how the program names it. Numbers are no text: it is to be copied. */
function grouped(code: string): string {
  const groups = code.split("-").map((group) => `<b>${escapeText(group)}</b>`);
  return groups.join('<i class="dash">-</i>');
}

function wordList(words: readonly string[]): string {
  return `<ol class="words">${words.map((word) => `<li>${escapeText(word)}</li>`).join("")}</ol>`;
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

const STYLE = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #e9e9ec; color: #16161a; font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 46rem; margin: 2rem auto; padding: 2.5rem 3rem; background: #fff; border: 1px solid #d6d6dc; border-radius: 6px; }
header { display: flex; align-items: baseline; justify-content: space-between; border-bottom: 3px solid #16161a; }
h1 { margin: 0 0 .5rem; font-size: 1.9rem; letter-spacing: -.01em; }
h2 { margin: 1.6rem 0 .4rem; font-size: .8rem; text-transform: uppercase; letter-spacing: .09em; color: #55555f; }
p { margin: .3rem 0; }
.screen { margin-top: 1rem; padding: .6rem .9rem; background: #fff4d6; border-left: 4px solid #c98a00; }
.code { margin-top: 1.4rem; padding: .2rem 1.2rem 1.2rem; border: 2px solid #16161a; border-radius: 6px; }
.groups { display: grid; grid-template-columns: repeat(3, auto 2.2rem); justify-content: start; row-gap: .9rem; align-items: end; margin: 0; counter-reset: group; }
.groups b, .dash { font: 600 1.5rem/1.3 ui-monospace, "DejaVu Sans Mono", Consolas, monospace; letter-spacing: .09em; }
.groups b::before { counter-increment: group; content: counter(group); display: block; color: #55555f; font: .7rem/1.2 system-ui, sans-serif; letter-spacing: 0; }
.dash { font-style: normal; text-align: center; color: #9a9aa4; }
.id { font-family: ui-monospace, "DejaVu Sans Mono", Consolas, monospace; overflow-wrap: anywhere; }
.words { display: grid; grid-template-columns: repeat(4, 1fr); gap: .15rem .6rem; margin: .4rem 0 0; padding: 0; list-style-position: inside; }
.words li::marker { color: #8a8a94; font-size: .8em; }
.counters { display: flex; flex-wrap: wrap; gap: .1rem 1.6rem; margin: 0; padding: 0; list-style: none; }
pre { margin: 0; white-space: pre-wrap; font: .82rem/1.55 ui-monospace, "DejaVu Sans Mono", Consolas, monospace; }
footer { display: flex; gap: 2rem; margin-top: 2rem; color: #55555f; }
footer p { flex: 1; display: flex; align-items: flex-end; gap: .5rem; white-space: nowrap; }
.line { flex: 1; border-bottom: 1px solid #9a9aa4; }
@media (max-width: 40rem) { main { margin: 0; padding: 1.2rem; border: 0; } .words { grid-template-columns: repeat(2, 1fr); } }
@media print {
  @page { margin: 16mm; }
  body { background: none; font-size: 11pt; }
  main { margin: 0; padding: 0; max-width: none; border: 0; }
  .screen { display: none; }
  section { break-inside: avoid; }
}
`;
