/** The texts with what looks like a credential masked; null = nothing does. The rules are loaded at the first use. */
export async function withoutCredentials(texts: readonly string[]): Promise<readonly (string | null)[]> {
  const { detectCredentials, maskCredentials } = await import("../redact/detectors.ts");
  const masked: (string | null)[] = [];
  for (const text of texts) {
    const findings = await detectCredentials(text);
    masked.push(findings.length > 0 ? maskCredentials(text, findings) : null);
  }
  return masked;
}
