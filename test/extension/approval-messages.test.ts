import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApprovalRequest } from "#core/run/vault-access.ts";
import { requireContext, requireSecretName } from "#core/vault/context.ts";
import { asFromApprovals } from "#vscode/approvals/from-approvals.ts";
import { answersTo, requestCard } from "#vscode/approvals/request-card.ts";

const request: ApprovalRequest = {
  action: "run",
  client: "agent",
  context: requireContext("shop", "dev"),
  names: [],
  command: "deploy",
  cwd: "/shop",
};
const card = (changes: Partial<ApprovalRequest>) =>
  requestCard({ id: "1", request: { ...request, ...changes }, expiresAt: 0, gone: new AbortController().signal });

test("messages of the view are taken only in their exact form", () => {
  assert.deepEqual(asFromApprovals({ kind: "answer", id: "1", answer: "once" }), {
    kind: "answer",
    id: "1",
    answer: "once",
  });
  assert.deepEqual(asFromApprovals({ kind: "answer", id: "1", answer: { minutes: 60 } }), {
    kind: "answer",
    id: "1",
    answer: { minutes: 60 },
  });
  for (const bad of [
    undefined,
    "ready",
    { kind: "answer", id: 1, answer: "once" },
    { kind: "answer", id: "1", answer: "always" },
    { kind: "answer", id: "1", answer: { minutes: 1e9 } },
    { kind: "end" },
    { kind: "run", command: "x" },
  ]) {
    assert.equal(asFromApprovals(bad), undefined, JSON.stringify(bad));
  }
});

test("S180 the approvals view offers no standing approval for production, and none for what is asked each time", () => {
  assert.deepEqual(answersTo(request), ["deny", "once", "command", { minutes: 15 }, { minutes: 60 }]);
  assert.deepEqual(answersTo({ ...request, context: requireContext("shop", "production") }), ["deny", "once"]);
  assert.deepEqual(answersTo({ ...request, everyTime: { warnings: ["sudo"] } }), ["deny", "once"]);
  assert.deepEqual(answersTo({ ...request, action: "delete" }), ["deny", "once"]);
  assert.equal(card({ context: requireContext("shop", "prod-eu") }).isProduction, true);
});

test("of a secret in placeholder mode a person sees that the command doesn't hold it, and where its value goes", () => {
  const name = requireSecretName("API_TOKEN");
  const shown = card({ names: [name], placeholders: [{ name, allowedHosts: ["api.example.com", "*.example.org"] }] });
  assert.deepEqual(shown.placeholders, [{ name, hosts: "api.example.com, *.example.org" }]);
  assert.deepEqual(card({ names: [name] }).placeholders, []);
});

test("S181 nothing in the text of a request can hide another part of it from the person", () => {
  const shown = card({
    command: "deploy\u202e --all",
    client: "agent\u200b",
    reason: "a\nb",
    everyTime: { warnings: ["x\u2066y"] },
    projectFile: { path: "/shop/.ov.yaml", text: "app: shop\u202e\n", hash: "" },
  });
  assert.doesNotMatch(JSON.stringify(shown), /[\u202e\u200b\u2066]|\\n/);
  assert.match(shown.command, /\\u\{202e\}/);
});
