import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExportedEnvironment } from "#core/export/exported-secret.ts";
import { openExport, sealExport } from "#core/export/sealed-export.ts";
import { asSecretName, requireContext, type SecretName } from "#core/vault/context.ts";

const PASSPHRASE = Buffer.from("four words of my own");
const VALUE = "kZ4tQ9wXr7LmN2vB8sHd";

function sample(count = 1): readonly ExportedEnvironment[] {
  const secrets = Array.from({ length: count }, (_, n) => ({
    name: asSecretName(`KEY_${n}`) as SecretName, // it is one
    value: Buffer.concat([Buffer.from(`${VALUE}${n}`), Buffer.from([0, 255, 254])]),
    ...{ description: "what for", tags: ["a"], rotateAfterDays: 30, allowedHosts: ["api.example.com"] },
    ...{ placeholder: ["header:authorization"], ...(n === 0 ? { canary: true as const } : {}) },
  }));
  return [
    { context: requireContext("shop", "prod"), secrets },
    { context: requireContext("shop", "empty"), secrets: [] },
  ];
}

test("an export holds every environment, value and detail, and opens with its passphrase", async () => {
  const sealed = await sealExport(sample(), PASSPHRASE);
  assert.deepEqual(
    JSON.parse(JSON.stringify(await openExport(sealed, PASSPHRASE))),
    JSON.parse(JSON.stringify(sample())),
  );
});

test("S281 an export shows no value and no name, nor how much it holds but in steps of 64 KiB", async () => {
  const [one, many] = [await sealExport(sample(), PASSPHRASE), await sealExport(sample(200), PASSPHRASE)];
  assert.equal(one.length, many.length);
  for (const text of [VALUE, "KEY_", "shop", "example.com"]) assert.ok(!many.includes(text), text);
  assert.notDeepEqual(await sealExport(sample(), PASSPHRASE), one);
});

test("S282 an export that was changed, cut, or put together of two opens to nothing", async () => {
  const large = sample(400).map((each) => ({
    ...each,
    secrets: each.secrets.map((secret) => ({ ...secret, value: Buffer.alloc(1000, 7) })),
  }));
  const sealed = await sealExport(large, PASSPHRASE);
  assert.ok(sealed.length > 4 * 65_552);
  const chunk = (n: number): Buffer => sealed.subarray(70 + n * 65_552, 70 + (n + 1) * 65_552);
  const header = sealed.subarray(0, 70);
  const flipped = (at: number): Buffer => Buffer.from(sealed.map((byte, i) => (i === at ? byte ^ 1 : byte)));
  for (const broken of [
    sealed.subarray(0, -1),
    sealed.subarray(0, 70 + 65_552),
    sealed.subarray(0, -65_552),
    Buffer.concat([header, chunk(1), chunk(0), sealed.subarray(70 + 2 * 65_552)]),
    Buffer.concat([sealed, chunk(0)]),
    header,
    sealed.subarray(0, 20),
    flipped(100),
    flipped(sealed.length - 1),
  ]) {
    await assert.rejects(openExport(broken, PASSPHRASE), { code: "backup-invalid" });
  }
  // In the header the key itself becomes another one.
  for (const at of [6, 30, 69]) await assert.rejects(openExport(flipped(at), PASSPHRASE), { code: "wrong-password" });
  await assert.rejects(openExport(Buffer.concat([Buffer.from("OVX2"), sealed.subarray(4)]), PASSPHRASE), {
    code: "format-unsupported",
  });
});

test("another passphrase is told as such", async () => {
  await assert.rejects(openExport(await sealExport(sample(), PASSPHRASE), Buffer.from("another")), {
    code: "wrong-password",
  });
});
