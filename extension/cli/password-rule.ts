import { MIN_PASSWORD_LENGTH } from "#core/vault/account-slots.ts";

/** Why a text can't be a new master password, or undefined. */
export function passwordProblem(text: string): string | undefined {
  const length = [...text.normalize("NFKC")].length;
  if (length >= MIN_PASSWORD_LENGTH) return undefined;
  return `A master password has at least ${MIN_PASSWORD_LENGTH} characters; this has ${length}. Four random words do well.`;
}
