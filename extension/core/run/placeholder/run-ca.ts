import { generateKeyPair } from "node:crypto";
import { isIP } from "node:net";
import { promisify } from "node:util";
import type forge from "node-forge";

/** A certificate authority for one run. Its key is in memory only, and is gone with it. */
export interface RunCa {
  /** PEM, for the child to trust. */
  readonly certificate: string;
  /** A certificate for one host, with its chain and its key, for a TLS server of this process. */
  issue(host: string): { readonly cert: string; readonly key: string };
}

export async function createRunCa(now: Date = new Date()): Promise<RunCa> {
  // Loaded late: it is large, and most runs need no certificate.
  const { default: library } = await import("node-forge");
  // RSA, because the library has no elliptic curves; made by Node, which is a hundred times as fast.
  const [ca, leaf] = await Promise.all([newKeys(), newKeys()]);
  const caKey = library.pki.privateKeyFromPem(ca.privateKey);
  const subject = [{ name: "commonName", value: "OpaqueVault, for one run" }];
  const root = certificate(library, ca.publicKey, now, subject, subject);
  root.setExtensions([
    { name: "basicConstraints", cA: true, pathLenConstraint: 0, critical: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    { name: "subjectKeyIdentifier" },
  ]);
  root.sign(caKey, library.md.sha256.create());
  const rootPem = library.pki.certificateToPem(root);
  const keyIdentifier = root.generateSubjectKeyIdentifier().getBytes();
  return {
    certificate: rootPem,
    issue: (host) => {
      const issued = certificate(
        library,
        leaf.publicKey,
        now,
        [{ name: "commonName", value: host.slice(0, 64) }],
        subject,
      );
      issued.setExtensions([
        { name: "basicConstraints", cA: false, critical: true },
        { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
        { name: "extKeyUsage", serverAuth: true },
        // RFC 5280 §4.2.1.6: type 7 is an address, type 2 a name.
        { name: "subjectAltName", altNames: [isIP(host) === 0 ? { type: 2, value: host } : { type: 7, ip: host }] },
        // Python 3.13 refuses a certificate without it.
        { name: "authorityKeyIdentifier", keyIdentifier },
        { name: "subjectKeyIdentifier" },
      ]);
      issued.sign(caKey, library.md.sha256.create());
      return { cert: library.pki.certificateToPem(issued) + rootPem, key: leaf.privateKey };
    },
  };
}

type Name = { name: string; value: string }[];

function certificate(
  { pki, random, util }: typeof forge,
  publicKey: string,
  now: Date,
  subject: Name,
  issuer: Name,
): forge.pki.Certificate {
  const made = pki.createCertificate();
  made.publicKey = pki.publicKeyFromPem(publicKey);
  // Positive, as RFC 5280 §4.1.2.2 asks.
  made.serialNumber = `01${util.bytesToHex(random.getBytesSync(15))}`;
  // Clocks differ, and a run may take a day.
  made.validity.notBefore = new Date(now.getTime() - DAY);
  made.validity.notAfter = new Date(now.getTime() + 7 * DAY);
  made.setSubject(subject);
  made.setIssuer(issuer);
  return made;
}

const DAY = 24 * 60 * 60 * 1000;

function newKeys(): Promise<{ publicKey: string; privateKey: string }> {
  return promisify(generateKeyPair)("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
}
