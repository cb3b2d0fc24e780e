import { isTokenName } from "#core/vault/sharing/token-limits.ts";
import type { TokenInfo } from "#core/vault/sharing/tokens.ts";

/** Another admin may have named it with a changed program: a name that `ov` refuses is none, since notifications make links. */
export function tokenName({ id, name }: Pick<TokenInfo, "id" | "name">): string {
  return name !== undefined && isTokenName(name) ? name : id.slice(0, 8);
}
