import assert from "node:assert/strict";
import { test } from "node:test";
import type { SecretLintRuleCreator } from "@secretlint/types";
import { secretlintRules } from "../../../extension/core/redact/secretlint-rules.ts";

const KEY = "nv_8Jq2Lx5Zt7";

test("a rule that is new in secretlint looks at the whole text, and may take its time", async () => {
  const [rule] = secretlintRules([newRule()]);
  assert.deepEqual([rule!.id, rule!.keywords], ["new-vendor", []]);
  assert.deepEqual(await rule!.find(`key: ${KEY}`), [{ start: 5, end: 18 }]);
});

test("a rule gets no path, and makes no message that would hold the credential", async () => {
  const seen: unknown[] = [];
  const [rule] = secretlintRules([newRule((source, message) => seen.push(source.filePath, source.ext, message))]);
  await rule!.find(KEY);
  assert.deepEqual(seen, [undefined, "", ""]);
});

test("a rule that gives the length of the credential from the start of its name is put right by its data", async () => {
  const [rule] = secretlintRules([newRule(undefined, (text) => [0, text.length - 5])]);
  assert.deepEqual(await rule!.find(`key: ${KEY}`), [{ start: 5, end: 18 }]);
});

/** As secretlint's own are written. */
function newRule(
  look: (source: { filePath: string | undefined; ext: string }, message: string) => void = () => {},
  rangeOf = (text: string): [number, number] => [text.indexOf(KEY), text.indexOf(KEY) + KEY.length],
): SecretLintRuleCreator<object> {
  const messages = { FOUND: { en: (props?: { KEY: string }) => `found ${props?.KEY}` } };
  return {
    messages,
    meta: {
      id: "@secretlint/secretlint-rule-new-vendor",
      type: "scanner",
      recommended: true,
      supportedContentTypes: ["text"],
    },
    create(context) {
      const t = context.createTranslator(messages);
      return {
        async file(source) {
          await Promise.resolve();
          const message = t("FOUND", { KEY });
          look(source, message.message);
          context.report({ message, range: rangeOf(source.content) });
        },
      };
    },
  };
}
