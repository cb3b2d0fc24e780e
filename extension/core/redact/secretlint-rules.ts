import { rules } from "@secretlint/secretlint-rule-preset-recommend";
import type { SecretLintRuleContext, SecretLintRuleCreator, SecretLintSourceCode } from "@secretlint/types";
import { type CredentialRule, entropy, isExample, type Stretch } from "./credential-rule.ts";
import { SECRETLINT_RULES, type SecretlintEntry } from "./secretlint-keywords.ts";

/**
 * The rules of secretlint's recommended preset, run one by one and not by its engine: that one moves all places by a
 * byte-order mark, keeps marks of each call in the process, compares findings pair by pair, and lets a comment in the
 * text ("secretlint-disable") switch rules off.
 */
export function secretlintRules(creators: readonly SecretLintRuleCreator<object>[] = rules): readonly CredentialRule[] {
  return creators.flatMap((creator) => {
    const id = secretlintId(creator.meta.id);
    const entry = id in SECRETLINT_RULES ? SECRETLINT_RULES[id] : { keywords: [] };
    if (entry === undefined) return [];
    return {
      id,
      keywords: entry.keywords,
      anyCase: entry.anyCase === true,
      reach: entry.reach ?? REACH,
      find: (part) => findAll(part, creator, entry),
    };
  });
}

/** `@secretlint/secretlint-rule-github` is `github`. */
export function secretlintId(id: string): string {
  return id.replace("@secretlint/secretlint-rule-", "");
}

const REACH = 420;

async function findAll(
  part: string,
  creator: SecretLintRuleCreator<object>,
  entry: SecretlintEntry,
): Promise<readonly Stretch[]> {
  const found: Stretch[] = [];
  const context: SecretLintRuleContext = {
    sharedOptions: {},
    // The texts of messages hold the credential, so none is made.
    createTranslator: () => (messageId, data) => ({ message: "", messageId: String(messageId), data }),
    report({ message, range }) {
      if (entry.without?.includes(message.messageId)) return;
      const stretch = passwordOfUrl(part, credentialOf(part, range, message.data));
      const credential = part.slice(stretch.start, stretch.end);
      if (isExample(credential) || entry.names?.test(credential)) return;
      if (entry.passwords !== true && (entropy(credential) < 2.5 || /^[a-z_-]+$/.test(credential))) return;
      found.push(stretch);
    },
    ignore() {},
  };
  await creator.create(context, entry.options ?? {}).file?.(sourceOf(part));
  return found;
}

/**
 * Some rules report the length of the credential from the start of what led to it, such as `aws_secret_access_key = `.
 * The data of the message is exact.
 */
function credentialOf(part: string, [start, end]: readonly [number, number], data: unknown): Stretch {
  const reported = part.slice(start, end);
  const texts = Object.values(data ?? {}).filter((text): text is string => typeof text === "string");
  if (texts.includes(reported)) return { start, end };
  for (const text of texts) {
    const at = text === "" ? -1 : part.indexOf(text, start);
    if (at !== -1) return { start: at, end: at + text.length };
  }
  return { start, end };
}

/** Of an address only the password, so that the output still tells which server it was about. */
function passwordOfUrl(part: string, { start, end }: Stretch): Stretch {
  const password = /^[a-z][a-z0-9+.:-]*:\/\/[^:/\s]+:([^@/\s]+)@/di.exec(part.slice(start, end))?.indices?.[1];
  return password === undefined ? { start, end } : { start: start + password[0], end: start + password[1] };
}

/** No path: a rule would read the file, or judge the text by its name. */
function sourceOf(content: string): SecretLintSourceCode {
  const unused = (): never => {
    throw new Error("Rules work with offsets only.");
  };
  return {
    hasBOM: false,
    content,
    filePath: undefined,
    physicalFilePath: undefined,
    contentType: "text",
    ext: "",
    getFilePath: () => undefined,
    getPhysicalFilePath: () => undefined,
    locationToRange: unused,
    rangeToLocation: unused,
    positionToIndex: unused,
    indexToPosition: unused,
  };
}
