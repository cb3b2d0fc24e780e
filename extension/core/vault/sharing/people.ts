import { serverWords } from "../../crypto/server-words.ts";
import { VaultError } from "../../vault-error.ts";
import type { Account } from "../account.ts";
import type { Directory, Person } from "../directory.ts";
import type { Session } from "../session.ts";

/** What a person calls another, locally; undefined = nothing. */
export function nameOfPerson({ people = [] }: Directory, fingerprint: string): string | undefined {
  return people.find((person) => person.fingerprint === fingerprint)?.name;
}

/** The twelve words by which two people compare, on the phone, that they mean the same keys. */
export function wordsOf(fingerprint: string): string {
  return serverWords(Buffer.from(fingerprint, "hex")).join(" ");
}

/** The name where there is one, else the first words. */
export function shownAs(directory: Directory, fingerprint: string): string {
  return nameOfPerson(directory, fingerprint) ?? wordsOf(fingerprint).split(" ").slice(0, SHOWN_WORDS).join("-");
}

/** Encrypted in the account: neither the server nor the other one learns it. */
export async function namePerson(session: Session, fingerprint: string, name: string): Promise<void> {
  const person = { fingerprint, name: requirePersonName(name) };
  await session.changeAccount((account) => withPerson(account, person));
}

export function withPerson(account: Account, person: Person): Account {
  const { directory } = account;
  const { people = [] } = directory;
  const taken = people.find(({ name, fingerprint }) => name === person.name && fingerprint !== person.fingerprint);
  if (taken !== undefined) {
    throw new VaultError("name-invalid", `You call somebody else ${person.name} already. Choose another name.`);
  }
  const others = people.filter(({ fingerprint }) => fingerprint !== person.fingerprint);
  return { ...account, directory: { ...directory, people: [...others, person] } };
}

export function requirePersonName(text: string): string {
  const name = text.trim();
  if (/^[\p{L}\p{N}][\p{L}\p{N} ._@+-]{0,63}$/u.test(name)) return name;
  throw new VaultError("name-invalid", "A person's name has 1 to 64 letters, digits, spaces or . _ @ + - in it.");
}

/** The one of these that `who` means: a name, a fingerprint, or the first words of it. Refuses what fits several. */
export function findPerson(directory: Directory, fingerprints: readonly string[], who: string): string {
  const asked = who.trim();
  const words = asked
    .toLowerCase()
    .split(/[\s-]+/)
    .join(" ");
  const named = fingerprints.filter((each) => nameOfPerson(directory, each) === asked);
  const found = named.length > 0 ? named : fingerprints.filter((each) => isMeant(each, words));
  if (found.length === 1) return found[0]!;
  throw new VaultError(
    "argument-invalid",
    found.length === 0
      ? `Nobody here is called ${JSON.stringify(asked.slice(0, 80))}. See "ov share list".`
      : `${JSON.stringify(asked.slice(0, 80))} fits ${found.length} people. Give more of their words: "ov share list" shows them.`,
  );
}

function isMeant(fingerprint: string, words: string): boolean {
  if (/^[0-9a-f]{8,64}$/.test(words)) return fingerprint.startsWith(words);
  return words.length > 0 && `${wordsOf(fingerprint)} `.startsWith(`${words} `);
}

const SHOWN_WORDS = 3;
