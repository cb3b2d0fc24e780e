import type { CredentialRule } from "./credential-rule.ts";

let loaded: Promise<readonly CredentialRule[]> | undefined;

/** secretlint's rules, then ours for what it lacks. Loaded at the first use: most runs of `ov` need none of them. */
export function credentialRules(): Promise<readonly CredentialRule[]> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<readonly CredentialRule[]> {
  const [{ secretlintRules }, { ownRules }] = await Promise.all([
    import("./secretlint-rules.ts"),
    import("./own-rules.ts"),
  ]);
  return [...secretlintRules(), ...ownRules()];
}
