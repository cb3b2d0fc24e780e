import { serverWords } from "../crypto/server-words.ts";
import { asId, type Id } from "../store/store.ts";
import { everyEnvironment } from "../vault/every-environment.ts";
import { fingerprint } from "../vault/identity.ts";
import { ACCOUNT_SERIES } from "../vault/open-account.ts";
import { formatRecoveryCode, parseRecoveryCode } from "../vault/recovery-code.ts";
import type { Session } from "../vault/session.ts";
import { VaultError } from "../vault-error.ts";
import { digitsOf } from "./checked-groups.ts";

/** What a person keeps on paper: enough to come back without any device, and to notice that they were given a wrong vault. */
export interface RecoveryKit {
  readonly code: string;
  readonly account: Id;
  /** Of the account's identity: `ov devices` and each login show the same. */
  readonly words: readonly string[];
  readonly server: { readonly url: string; readonly words: readonly string[] } | undefined;
  /** ms since 1970. */
  readonly made: number;
  readonly counters: KitCounters;
}

/** How far the vault had got: what is recovered later must not be older. Environments by the first digits of their ids. */
export interface KitCounters {
  readonly account: number;
  readonly environments: readonly { readonly id: string; readonly counter: number }[];
}

export async function kitOf(session: Session, code: string, server: RecoveryKit["server"]): Promise<RecoveryKit> {
  const account = await session.account();
  const seen = await session.deps.device.seen(session.vaultId, ACCOUNT_SERIES);
  const environments = (await everyEnvironment(session)).flatMap(({ entry, state }) =>
    state === undefined ? [] : [{ id: entry.id.slice(0, SHORT_ID), counter: state.head.counter }],
  );
  environments.sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    ...{ code, account: account.account, words: serverWords(fingerprint(account.account, account.identity)), server },
    ...{ made: session.deps.now(), counters: { account: seen?.counter ?? 1, environments } },
  };
}

/** The kit as lines of at most 78 characters, for paper. `readKit` reads it again. */
export function kitText(kit: RecoveryKit): string {
  const { code, account, words, server, made, counters } = kit;
  return [
    "OpaqueVault recovery kit",
    `Made ${new Date(made).toISOString().slice(0, 10)}`,
    "",
    "Recovery code",
    `    ${code}`,
    "",
    "Account",
    `    ${account}`,
    ...inFours(words),
    "",
    ...(server === undefined ? [] : ["Server", `    ${server.url}`, ...inFours(server.words), ""]),
    "Counters",
    `    account ${counters.account}`,
    ...counters.environments.map(({ id, counter }) => `    environment ${id} ${counter}`),
    "",
    ...HOW_TO_USE,
    "",
  ].join("\n");
}

export const HOW_TO_USE = [
  "With this code and the vault, or a backup of it, anybody opens all of it.",
  "Keep it on paper, away from this machine, and in no photo and no cloud.",
  "",
  "To recover:  ov vault recover                    the vault of this machine",
  "             ov vault recover --from BACKUP      on a new machine, of a backup",
  "             ov vault recover --server ADDRESS   on a new machine, of a server",
  "",
  "Compare the words above with those that ov shows. A vault whose counters are",
  "smaller than these is an older copy than the one that this kit was made of.",
] as const;

/** What a typed code, or the text of a kit, says. Refuses a typing error in the code; what else is missing is undefined. */
export function readKit(text: string): {
  readonly code: string;
  readonly account: Id | undefined;
  readonly counters: KitCounters | undefined;
} {
  const plain = text.replace(/<\/(?:li|p|h1|h2|pre)>/g, "\n").replace(/<[^>]*>/g, "");
  const groups = /(?:[0-9A-Z]{6}-){5}[0-9A-Z]{6}/i.exec(plain)?.[0];
  const bytes = parseRecoveryCode(groups ?? (digitsOf(text).length <= 60 ? text : ""));
  const code = formatRecoveryCode(bytes);
  bytes.fill(0);
  const account = asId(/\b[0-9a-f]{32}\b/.exec(plain)?.[0] ?? "");
  const counter = /\baccount\s+(\d{1,15})\b/.exec(plain)?.[1];
  const environments = [...plain.matchAll(/\benvironment\s+([0-9a-f]{8})\s+(\d{1,15})\b/g)].map(([, id, count]) => ({
    ...{ id: id!, counter: Number(count) },
  }));
  return { code, account, counters: counter === undefined ? undefined : { account: Number(counter), environments } };
}

/** Refuses a vault that is another one, or older, than the kit's. `found` is what the store has. */
export function refuseOtherThanKit(
  kit: ReturnType<typeof readKit>,
  found: { readonly account: Id; readonly counter: number },
): void {
  if (kit.account !== undefined && kit.account !== found.account) {
    throw new VaultError(
      "wrong-password",
      "That kit is of another account. Nothing was tried. Use the kit of this vault.",
    );
  }
  if (kit.counters !== undefined && found.counter < kit.counters.account) throw olderThanKit("The vault");
}

export function olderThanKit(what: string): VaultError {
  return new VaultError(
    "rolled-back",
    `${what} is older than the recovery kit: it is a copy of before, and what was changed since is not in it. Find a newer one; or give the code alone, without the kit's counters, to take it all the same.`,
  );
}

function inFours(words: readonly string[]): readonly string[] {
  const rows: string[] = [];
  for (let at = 0; at < words.length; at += 4) rows.push(`    ${words.slice(at, at + 4).join("  ")}`);
  return rows;
}

const SHORT_ID = 8;
