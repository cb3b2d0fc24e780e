import assert from "node:assert/strict";
import "./fakes/vscode-hook.ts";
import { afterEach, test } from "node:test";
import { parseContext } from "#core/vault/context.ts";
import { VAULT_ERROR_CODES, VaultError } from "#core/vault-error.ts";

const vscode = await import("vscode");
const { messageOf, windowError } = await import("#vscode/words/error-text.ts");
const { actionText, outcomeText } = await import("#vscode/words/audit-words.ts");
const { alarmText } = await import("#vscode/words/alarm-text.ts");
const { warningText } = await import("#vscode/words/policy-words.ts");
const { importNote, leftReason } = await import("#vscode/words/import-words.ts");

function speak(language: string): void {
  Object.assign(vscode.env, { language });
}

afterEach(() => speak("en"));

test("in English a refusal is told in the words of core, which name the place and the next step", () => {
  assert.equal(
    messageOf(new VaultError("secret-not-found", "No secret named A. See it.")),
    "No secret named A. See it.",
  );
});

test("in another language the kind of a refusal is told in that, and the words of core follow", () => {
  speak("de");
  for (const code of VAULT_ERROR_CODES) {
    const text = messageOf(new VaultError(code, "Core says this. Do that."));
    assert.match(text, /^[A-Z].*\. \(ov: Core says this\. Do that\.\)$/, code);
  }
});

test("what the window refuses by itself is told once, since it is in the window's language", () => {
  speak("de");
  assert.equal(messageOf(windowError("secret-not-found", "Das gibt es nicht.")), "Das gibt es nicht.");
});

test("an entry of the audit log is told in words, and one of a newer version as it stands there", () => {
  assert.equal(actionText("run-ended"), "command ended");
  assert.equal(actionText("invented-later"), "invented-later");
  assert.equal(outcomeText("ok: to shop/dev"), "ok: to shop/dev");
  assert.equal(outcomeText("denied-by-user"), "denied by you");
  assert.equal(outcomeText("vault-conflict"), "vault-conflict");
});

test("a warning is told by its rule in another language, and as core says it where the rule is not known", () => {
  const rule = { program: "printenv", rule: "env-dumps" };
  assert.equal(warningText('"printenv" prints it', rule), '"printenv" prints it');
  speak("de");
  assert.match(warningText('"printenv" prints it', rule), /^"printenv": printing the environment/);
  assert.equal(warningText("later", { program: "x", rule: "invented-later" }), "later");
  assert.equal(warningText("later", undefined), "later");
});

test("what an import leaves out, and what it says of a file, is told with its numbers, codes and names", () => {
  const reasons = [
    "empty",
    "a card",
    "longer than 65536 bytes",
    "not the current version (AWSPREVIOUS, old)",
    "AWS didn't give it (AccessDeniedException)",
  ] as const;
  for (const reason of reasons) assert.equal(leftReason(reason), reason);
  const notes = [
    "A_KEY stands in the file more than once; the last one counts, as for programs.",
    "The file is of Doppler's shop/dev.",
    "AWS has more: the answer has a NextToken. Get the next page, and import it too.",
  ] as const;
  for (const note of notes) assert.equal(importNote(note), note);
});

test("S368 a person is told what a run printed, whose it was, and that approvals have ended", () => {
  const notice = { client: "codex 1", context: parseContext("shop/dev") };
  assert.equal(
    alarmText({ ...notice, dumped: true, evasive: [] }),
    "A command of codex 1 printed the whole environment of shop/dev, or left it in a file. It is redacted. What you allowed for longer there has ended.",
  );
  assert.match(
    alarmText({ ...notice, dumped: true, evasive: ["A", "B"] }),
    /^A command of codex 1 printed A, B of shop\/dev in a form that hides a value, such as reversed or in pieces\. It printed its whole environment, too\. /,
  );
});
