import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_MLKEM768_X25519 } from "hpke";
import { sha256 } from "#core/crypto/hash.ts";
import { keySchedule, setupRecipient, setupSender, suiteId } from "#core/crypto/hpke.ts";
import { decapsulate, kemPublicKeyOf } from "#core/crypto/hybrid-kem.ts";
import { hex, readVectors } from "./read-vectors.ts";

const SEED = sha256(Buffer.from("a recipient"));
const PUBLIC_KEY = kemPublicKeyOf(SEED);
const INFO = Buffer.from("what it is for");
const AAD = Buffer.from("aad");
const PSK = { id: Buffer.from("a device"), secret: sha256(Buffer.from("agreed once")) };

test("the key schedule over X-Wing agrees with draft-ietf-hpke-pq", () => {
  const tests = readVectors<Record<string, string & number>[]>("hpke-pq_test-vectors.json");
  assert.ok(tests.length > 0);
  for (const { info, enc, skRm, shared_secret, suite_id, key, base_nonce, exporter_secret } of tests) {
    const secret = decapsulate(hex(skRm!), hex(enc!));
    assert.equal(secret?.toString("hex"), shared_secret);
    // The draft has this KEM with ChaCha20-Poly1305 only; the schedule knows an AEAD by its id and key length.
    const keys = keySchedule(hex(suite_id!), 32, secret!, hex(info!), undefined);
    assert.equal(keys.key.toString("hex"), key);
    assert.equal(keys.baseNonce.toString("hex"), base_nonce);
    assert.equal(keys.exporterSecret.toString("hex"), exporter_secret);
  }
});

test("the key schedule agrees with RFC 9180 A.1 in base and PSK mode", () => {
  const file = new URL("../../vectors/hpke_rfc9180_A1_x25519_aes128gcm_all_modes.txt", import.meta.url);
  const text = readFileSync(file, "utf8");
  const setups = [...text.matchAll(/### (Base|PSK) Setup Information\s+~~~([\s\S]*?)~~~/g)];
  assert.equal(setups.length, 2);
  for (const [, mode, body] of setups) {
    const field = (name: string): Buffer =>
      hex(
        new RegExp(`^${name}:\\s*([0-9a-f\\s]*?)\\n(?=[a-zA-Z_]+:|$)`, "m").exec(`${body}\n`)![1]!.replace(/\s/g, ""),
      );
    const psk = mode === "PSK" ? { id: field("psk_id"), secret: field("psk") } : undefined;
    const suite = suiteId({ kem: 0x20, kdf: 1, aead: 1 });
    const keys = keySchedule(suite, 16, field("shared_secret"), field("info"), psk);
    assert.deepEqual(keys.key, field("key"));
    assert.deepEqual(keys.baseNonce, field("base_nonce"));
    assert.deepEqual(keys.exporterSecret, field("exporter_secret"));
  }
});

const suite = new CipherSuite(KEM_MLKEM768_X25519, KDF_HKDF_SHA256, AEAD_AES_256_GCM);

for (const psk of [undefined, PSK]) {
  const mode = psk === undefined ? "base" : "PSK";
  const theirs = psk === undefined ? {} : { psk: psk.secret, pskId: psk.id };

  test(`what the hpke package sealed in ${mode} mode opens here, message after message`, async () => {
    const publicKey = await suite.DeserializePublicKey(PUBLIC_KEY);
    const { encapsulatedSecret, ctx } = await suite.SetupSender(publicKey, { info: INFO, ...theirs });
    const ours = setupRecipient(encapsulatedSecret, SEED, INFO, psk)!;
    for (const text of ["one", "two", "three"]) {
      const sealed = await ctx.Seal(Buffer.from(text), AAD);
      assert.equal(ours.open(AAD, sealed)?.toString(), text);
    }
    assert.deepEqual(ours.export(AAD, 48), Buffer.from(await ctx.Export(AAD, 48)));
  });

  test(`what is sealed here in ${mode} mode opens in the hpke package`, async () => {
    const { enc, context } = setupSender(PUBLIC_KEY, INFO, psk)!;
    const privateKey = await suite.DeserializePrivateKey(SEED);
    const ctx = await suite.SetupRecipient(privateKey, enc, { info: INFO, ...theirs });
    for (const text of ["one", "two", "three"]) {
      assert.equal(Buffer.from(await ctx.Open(context.seal(AAD, Buffer.from(text)), AAD)).toString(), text);
    }
  });
}

test("another PSK, info, AAD, key or order opens nothing", () => {
  const { enc, context } = setupSender(PUBLIC_KEY, INFO, PSK)!;
  const [first, second] = [context.seal(AAD, Buffer.from("1")), context.seal(AAD, Buffer.from("2"))];
  const opens = (recipient: ReturnType<typeof setupRecipient>, aad = AAD, sealed = first) =>
    recipient?.open(aad, sealed)?.toString();
  assert.equal(opens(setupRecipient(enc, SEED, INFO, PSK)), "1");
  assert.equal(opens(setupRecipient(enc, SEED, INFO)), undefined);
  assert.equal(opens(setupRecipient(enc, SEED, INFO, { ...PSK, id: Buffer.from("another") })), undefined);
  assert.equal(opens(setupRecipient(enc, SEED, INFO, { ...PSK, secret: sha256(Buffer.from("x")) })), undefined);
  assert.equal(opens(setupRecipient(enc, SEED, Buffer.from("else"), PSK)), undefined);
  assert.equal(opens(setupRecipient(enc, sha256(Buffer.from("y")), INFO, PSK)), undefined);
  assert.equal(opens(setupRecipient(enc, SEED, INFO, PSK), Buffer.from("other")), undefined);
  const recipient = setupRecipient(enc, SEED, INFO, PSK);
  assert.equal(opens(recipient, AAD, second), undefined);
  assert.equal(opens(recipient), "1");
  assert.equal(opens(recipient), undefined, "the same message again is not the next one");
});

test("a short PSK, a wrong public key and a cut encapsulation are refused", () => {
  assert.throws(() => setupSender(PUBLIC_KEY, INFO, { id: PSK.id, secret: PSK.secret.subarray(1) }), RangeError);
  assert.throws(() => setupSender(PUBLIC_KEY, INFO, { id: new Uint8Array(0), secret: PSK.secret }), RangeError);
  assert.equal(setupSender(PUBLIC_KEY.subarray(1), INFO), undefined);
  assert.equal(setupRecipient(Buffer.alloc(1119), SEED, INFO), undefined);
});
