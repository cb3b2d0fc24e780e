import type { VaultAccess } from "#core/run/vault-access.ts";
import { type Context, parseContext, requireContextName } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";

/** Of `app/environment`, or `app/*` for all that an app has now. Each once. */
export async function contextsOf(access: VaultAccess, texts: readonly string[]): Promise<readonly Context[]> {
  const found = new Map<string, Context>();
  const apps = texts.some((text) => text.endsWith("/*")) ? await access.apps() : [];
  for (const text of texts) {
    if (!text.endsWith("/*")) {
      found.set(text, parseContext(text));
      continue;
    }
    const name = requireContextName(text.slice(0, -2));
    const app = apps.find((each) => each.app === name);
    if (app === undefined || app.environments.length === 0) {
      throw new VaultError("context-not-found", `${name} has no environments. "ov env list" shows what there is.`);
    }
    for (const { environment } of app.environments) found.set(`${name}/${environment}`, { app: name, environment });
  }
  if (found.size === 0) throw new VaultError("context-missing", "Name an environment: --env app/environment.");
  return [...found.values()];
}
