import assert from "node:assert/strict";
import { parseGroups } from "#core/recovery/checked-groups.ts";

/**
 * A recovery code or a share with one wrong digit that its own group alone explains. For one digit in a thousand a
 * mistake in another group would do as well, and then none is named.
 */
export function mistyped(text: string, at: number): string {
  for (const digit of "0123456789") {
    const typo = text.slice(0, at) + digit + text.slice(at + 1);
    const typed =
      text.length > 41
        ? parseGroups(typo, 35, "ov1/recovery-share-check")
        : parseGroups(typo, 20, "ov1/recovery-check");
    if (typed.kind === "wrong" && typed.group !== undefined) return typo;
  }
  return assert.fail("No wrong digit was told.");
}
