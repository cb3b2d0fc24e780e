import { createHash } from "node:crypto";

/** The form. `place` and `client` are shown as text; `sign` is what the client's message told to look for. */
export function formPage(shown: { readonly place: string; readonly client: string; readonly sign: string }): string {
  const place = escaped(shown.place);
  return page(
    `Value of ${place}`,
    `<p>OpaqueVault on this machine stores what you type as <b>${place}</b>. ${escaped(shown.client)} asked for it and won't see it.
<p>Your client's message names this sign: <b class="sign">${escaped(shown.sign)}</b>. If it is another one, close this page.
<form method="post" autocomplete="off">
<label>Code from that message <input name="code" inputmode="numeric" autocomplete="off" required></label>
<label>Value <input id="value" name="value" type="password" autocomplete="one-time-code" required></label>
<p id="lines" hidden>That has several lines, and this box holds one. Use "ov secret create --file" in a terminal.</p>
<button>Store</button>
</form>
<script>${SCRIPT}</script>`,
  );
}

/** A page that only tells something. */
export function tellingPage(text: string): string {
  return page("OpaqueVault", `<p>${escaped(text)}`);
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><style>${STYLE}</style><h1>OpaqueVault</h1>${body}</html>\n`;
}

const STYLE =
  "body{font:16px system-ui,sans-serif;max-width:34em;margin:3em auto;padding:0 1em;color-scheme:light dark}" +
  "label{display:block;margin:1em 0}input{display:block;width:100%;box-sizing:border-box;font:inherit;padding:.4em}" +
  "button{font:inherit;padding:.4em 1.5em}.sign{font-size:1.4em;letter-spacing:.1em}";

/** A box of one line drops the line ends of what is pasted into it, and a key would be stored broken. */
const SCRIPT =
  'document.getElementById("value").addEventListener("paste",function(e){' +
  'var several=/[\\r\\n]./.test(e.clipboardData.getData("text"));' +
  'if(several)e.preventDefault();document.getElementById("lines").hidden=!several})';

/** Nothing is loaded, framed, or sent elsewhere. The policy of referrers is such that the form's POST has an Origin. */
export const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; style-src ${hash(STYLE)}; script-src ${hash(SCRIPT)}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  "x-frame-options": "DENY",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
} as const;

function hash(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
