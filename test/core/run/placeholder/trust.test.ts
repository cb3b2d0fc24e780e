import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { rootCertificates } from "node:tls";
import { createRunCa } from "#core/run/placeholder/run-ca.ts";
import { usualRoots } from "#core/run/placeholder/trust.ts";
import { open, send, serve, testCa } from "./proxied.ts";

test("the child still trusts whom it trusted before: the system's authorities, or those that its variables name", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "ov-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [company, extra] = [(await createRunCa()).certificate, (await createRunCa()).certificate];
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const plain = usualRoots({});
  assert.ok(plain.length >= rootCertificates.length);
  const added = usualRoots({ NODE_EXTRA_CA_CERTS: file("extra.pem", `# ours\n${extra}`) });
  assert.equal(added.length, plain.length + 1);
  const replaced = usualRoots({
    SSL_CERT_FILE: file("company.pem", company),
    NODE_EXTRA_CA_CERTS: join(folder, "extra.pem"),
  });
  assert.deepEqual(
    replaced.map((pem) => pem.trim()),
    [company.trim(), extra.trim()],
  );
  for (const path of ["", join(folder, "missing"), file("empty.pem", "no certificate\n"), folder]) {
    assert.equal(usualRoots({ SSL_CERT_FILE: path }).length, plain.length, path);
  }
});

test("a private key in a file of certificates does not get into the child's bundle", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "ov-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const issued = (await testCa()).issue("localhost");
  writeFileSync(join(folder, "both.pem"), issued.key + issued.cert);
  const opened = await open(t, ["localhost"], undefined, { parentEnv: { SSL_CERT_FILE: join(folder, "both.pem") } });
  const text = readFileSync(opened.env.SSL_CERT_FILE!, "utf8");
  assert.doesNotMatch(text, /PRIVATE KEY/);
  assert.match(text, /BEGIN CERTIFICATE/);
});

test("an authority that the person's own variables name is trusted towards the real host", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "ov-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "company.pem"), (await testCa()).certificate);
  const { port } = await serve(t);
  const parentEnv = { CURL_CA_BUNDLE: join(folder, "company.pem") };
  const opened = await open(t, [`localhost:${port}`], undefined, { parentEnv, trust: [] });
  assert.equal((await send(opened, port)).status, 200);
});

test("S135 a certificate of the run is for one host, for servers only, for a week at most, and signs nothing", async () => {
  const ca = await createRunCa(new Date("2030-01-02T03:04:05Z"));
  const root = new X509Certificate(ca.certificate);
  assert.ok(root.ca && root.checkIssued(root));
  const leaf = new X509Certificate(ca.issue("api.example.com").cert);
  assert.ok(!leaf.ca && leaf.checkIssued(root) && leaf.verify(root.publicKey));
  assert.equal(leaf.subjectAltName, "DNS:api.example.com");
  assert.deepEqual(leaf.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
  const days = (new Date(leaf.validTo).getTime() - new Date(leaf.validFrom).getTime()) / 86_400_000;
  assert.equal(days, 8, "with a day before, for clocks that are late");
  assert.equal(new X509Certificate(ca.issue("::1").cert).subjectAltName, "IP Address:0:0:0:0:0:0:0:1");
  const long = `${"a".repeat(60)}.${"b".repeat(60)}.example.com`;
  assert.equal(new X509Certificate(ca.issue(long).cert).subjectAltName, `DNS:${long}`);
});
