import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy, type Policy, TRAITS, verdictOn } from "#core/run/policy.ts";
import { asPolicy, decodePolicy, encodePolicy, parsePolicyFile } from "#core/run/policy-format.ts";
import { parseContext, requireSecretName } from "#core/vault/context.ts";
import { isVaultError } from "#core/vault-error.ts";

const FULL: Policy = {
  preset: "strict",
  verdicts: { "inline-code": "ask", shells: "allow" },
  allow: [{ program: "/usr/bin/npm", sha256: "a".repeat(64), names: [requireSecretName("NPM_TOKEN")] }],
  deny: [{ program: "curl" }, { program: "/opt/tool", sha256: "b".repeat(64) }],
  network: ["api.example.com", "*.example.org", "*.example.net:8443", "[::1]:443"],
  sandbox: "off",
};

function document(policy: unknown, version: unknown = 1): string {
  return JSON.stringify({ version, policy });
}

test("a policy is kept as it was", () => {
  assert.deepEqual(decodePolicy(encodePolicy(FULL)), FULL);
  assert.deepEqual(parsePolicyFile(encodePolicy(FULL).toString()), FULL);
  assert.deepEqual(asPolicy(FULL), FULL);
});

test("S105 a policy of a newer version is refused and not ignored, in the vault and as a file", () => {
  for (const version of [2, 3, 1000]) {
    const text = document({ preset: "open" }, version);
    assert.throws(() => decodePolicy(Buffer.from(text)), { code: "format-unsupported" });
    assert.throws(() => parsePolicyFile(text), { code: "format-unsupported" });
  }
});

test("S105 in the vault, a rule that is unknown here makes the whole policy unsupported", () => {
  for (const policy of [
    { preset: "lenient" },
    { preset: "open", verdicts: { uploads: "deny" } },
    { preset: "open", verdicts: { shells: "sometimes" } },
    { preset: "open", hours: "9-17" },
    { preset: "open", deny: [{ program: "curl", unless: "weekend" }] },
    { preset: "open", allow: [{ program: "npm" }] },
    { preset: "open", network: "vpn" },
    { preset: "open", sandbox: "vm" },
    {},
    null,
  ]) {
    assert.throws(() => decodePolicy(Buffer.from(document(policy))), { code: "format-unsupported" });
  }
});

test("a policy file that is wrong is refused with the place", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["{", /no JSON/],
    ["[]", /must be an object/],
    [document({ preset: "open" }, "1"), /"version" must be 1/],
    [document({ preset: "open" }, 0), /"version" must be 1/],
    [JSON.stringify({ version: 1, policy: { preset: "open" }, extra: 1 }), /unknown key "extra"/],
    [document({ preset: "lenient" }), /preset must be one of open, careful/],
    [document({ preset: "open", allow: {} }), /allow must be a list/],
    [document({ preset: "open", allow: [{ program: "npm" }] }), /"npm" must be an absolute path/],
    [document({ preset: "open", allow: [{ program: "/npm", sha256: "abc" }] }), /64 hexadecimal digits/],
    [document({ preset: "open", allow: [{ program: "/npm", names: ["PATH"] }] }), /names of secrets/],
    [document({ preset: "open", deny: [{ program: "" }] }), /must be a text/],
    [document({ preset: "open", deny: Array(1001).fill({ program: "x" }) }), /more than 1000/],
    [document({ preset: "open", network: ["https://example.com"] }), /is no host/],
  ];
  for (const [text, message] of cases) {
    assert.throws(
      () => parsePolicyFile(text),
      (error) => isVaultError(error, "argument-invalid") && message.test(error.message),
      text,
    );
  }
});

test("a policy that comes from another process is checked in the same way", () => {
  assert.equal(asPolicy({ preset: "open", allow: [{ program: "npm" }] }), undefined);
  assert.equal(asPolicy("open"), undefined);
  assert.equal(asPolicy(undefined), undefined);
});

test("a policy of more than 64 KiB is refused", () => {
  const deny = Array.from({ length: 1000 }, (_, index) => ({ program: `${"x".repeat(100)}${index}` }));
  assert.throws(() => encodePolicy({ ...FULL, deny }), { code: "limit-exceeded" });
});

test("without a policy, production is asked about in everything, and all else is careful", () => {
  for (const name of ["shop/production", "shop/prod", "shop/eu-live"]) {
    const policy = defaultPolicy(parseContext(name));
    for (const trait of TRAITS) assert.equal(verdictOn(policy, trait).verdict, "ask");
  }
  const policy = defaultPolicy(parseContext("shop/dev"));
  const asked = TRAITS.filter((trait) => verdictOn(policy, trait).verdict === "ask");
  assert.deepEqual(asked, ["terminals", "inline-code", "env-dumps", "debuggers", "privileges", "unclear"]);
});
