import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { DAY } from "../../limits.ts";
import type { Check } from "./check.ts";
import { openTo } from "./file-checks.ts";

/** Certificate and key of `--tls-cert` and `--tls-key`. */
export async function checkTls(certFile: string, keyFile: string, now: number): Promise<readonly Check[]> {
  const id = "tls";
  const open = openTo(keyFile);
  const certificate = new X509Certificate(readFileSync(certFile));
  const checks: Check[] = open === undefined ? [] : [{ id, state: "fail", ...open }];
  if (!certificate.checkPrivateKey(createPrivateKey(readFileSync(keyFile)))) {
    const next = "Give the key that the certificate was made for.";
    checks.push({ id, state: "fail", message: `${keyFile} is not the key of ${certFile}`, next });
  }
  const days = Math.floor((certificate.validToDate.getTime() - now) / DAY);
  const message = days < 0 ? `${certFile} is over` : `${certFile} is valid for ${days} days more`;
  const next = "Renew it, and start the server again: it reads the files at its start.";
  if (certificate.validFromDate.getTime() > now) {
    checks.push({ id, state: "fail", message: `${certFile} is not valid yet`, next: "Set the clock, or wait." });
  } else if (days < 0) checks.push({ id, state: "fail", message, next });
  else if (days < 21) checks.push({ id, state: "warn", message, next });
  else checks.push({ id, state: "ok", message });
  return checks;
}
