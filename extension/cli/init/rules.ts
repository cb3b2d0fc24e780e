/** What an agent has to know to use secrets without seeing them; short, since agents read it in every session. */
const RULES = `## Secrets

Secrets of this project are in OpaqueVault. You can use them, and you can't read them.

- Run whatever needs a secret with the MCP tool \`vault_run\`: the program finds the secrets in its environment, and
  you get its output with the values replaced by \`[redacted:NAME]\`. \`vault_list_secrets\` shows the names.
- Refer to a secret by its variable (\`$NAME\`, \`process.env.NAME\`). Never put a value into code, a file or a message.
- Don't look for values: no \`.env\` files, no printing of the environment, no ways around the redaction.
- For a new or changed secret call \`vault_create_secret\` or \`vault_update_secret\`: a person types the value, or it is generated.
- If a call says that the vault is locked, or that a person has to approve, tell the person what it says and wait.
`;

const BEGIN = "<!-- opaquevault:begin (written by ov init; changes between these lines are overwritten) -->";
const END = "<!-- opaquevault:end -->";

/** The text with the section in it: in its old place if there is one, else at the end. */
export function withRules(text: string): string {
  const section = `${BEGIN}\n${RULES}${END}`;
  const begin = text.indexOf("<!-- opaquevault:begin");
  const end = text.indexOf(END, begin);
  if (begin >= 0 && end >= 0) return `${text.slice(0, begin)}${section}${text.slice(end + END.length)}`;
  return text.trim() === "" ? `${section}\n` : `${text.trimEnd()}\n\n${section}\n`;
}

/** A Cursor rule is a file of its own, with a header that makes it always apply. */
export function cursorRule(): string {
  return `---\ndescription: How to use this project's secrets\nalwaysApply: true\n---\n\n${RULES}`;
}
